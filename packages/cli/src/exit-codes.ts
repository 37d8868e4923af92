/** What a script can tell from the exit status of `hallpass`; documented in docs/commands.md. */
export const exitCodes = {
  /** Done; for `explain`: every check passed; for `doctor`: no problem found; for `probe`: every answer is right. */
  ok: 0,
  /**
   * The command failed while running; for `explain`: the token is refused; for `doctor`: something does not fit; for
   * `probe`: an answer is wrong.
   */
  failed: 1,
  /** The command line, the settings or the runtime are wrong; nothing was started or checked. */
  usage: 2,
  /**
   * `explain`: no issuer was given, or its keys could not be had, so nothing is known about the token. `probe`: the API
   * cannot be reached or refuses the good token too, so nothing is known about it.
   */
  undecided: 3,
  /** A defect of Hallpass itself. */
  internal: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
