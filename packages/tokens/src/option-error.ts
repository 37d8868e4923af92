/** Thrown by `createVerifier` when an option is missing or cannot be used. */
export class VerifierOptionError extends TypeError {
  readonly code: "option_invalid" = "option_invalid";
  /** The name of the option, such as `audience` or `issuer[1].audience`. */
  readonly option: string;

  static {
    VerifierOptionError.prototype.name = "VerifierOptionError";
  }

  constructor(option: string, message: string) {
    super(`createVerifier: ${option} ${message}`);
    this.option = option;
  }
}
