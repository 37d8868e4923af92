/** Fields of a person that may be refused. */
export type UserField = "email" | "password" | "givenName" | "familyName" | "picture";

export type DirectoryErrorCode =
  | "email_taken"
  | "input_invalid"
  | "throttled"
  | "busy"
  | "user_unknown"
  | "organization_unknown"
  | "role_unknown"
  | "invitation_unknown";

/** Thrown by the functions of the directory. The message is for people. */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
  readonly code: DirectoryErrorCode;
  /** A sentence for each field that was refused, for `input_invalid` and `email_taken`. */
  readonly fields: Readonly<Partial<Record<UserField, string>>>;
  /** Seconds, for `throttled` and `busy`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: DirectoryErrorCode,
    message: string,
    more: { fields?: Partial<Record<UserField, string>>; retryAfter?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.fields = more.fields ?? {};
    this.retryAfter = more.retryAfter;
  }
}
