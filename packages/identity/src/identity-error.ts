/** Why the identity server cannot start, or something cannot be done to its data. */
export type IdentityErrorCode =
  | "port_taken"
  | "data_unwritable"
  | "data_corrupt"
  | "data_newer"
  | "data_busy"
  | "data_missing"
  | "settings_invalid"
  | "not_loopback"
  | "control_forbidden"
  | "secret_wrong"
  | "user_unknown"
  | "application_unknown"
  | "secret_not_used"
  | "secret_limit"
  | "secret_unknown"
  | "secret_in_settings"
  | "audience_unknown"
  | "audiences_differ"
  | "organization_unknown"
  | "role_unknown"
  | "invitation_invalid"
  | "invitation_unknown"
  | "key_unknown"
  | "key_in_use";

/** Thrown for what the person who runs the server can mend; the message names the fix. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
