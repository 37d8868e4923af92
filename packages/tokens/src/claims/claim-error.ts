/** Why a claim could not be read. */
export type ClaimErrorCode = "id_token_unavailable" | "flag_missing" | "flag_type_wrong" | "token_unreadable";

/** Thrown by the claims readers. The message names the claim or flag and the fix, never a value. */
export class ClaimError extends Error {
  readonly code: ClaimErrorCode;

  static {
    ClaimError.prototype.name = "ClaimError";
  }

  constructor(code: ClaimErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
