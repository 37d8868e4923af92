/** One thing that is wrong in the configuration. */
export interface SettingsProblem {
  /** Where: `roles.editor.permissions[0]`. */
  path: string;
  /** What stands there, shortened; never a password. */
  found: string;
  expected: string;
  fix: string;
}

/** Thrown by {@link parseSettings} with every problem there is, not only the first. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly code = "settings_invalid";
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(
      [
        problems.length === 1
          ? "The configuration has a problem:"
          : `The configuration has ${problems.length} problems:`,
        ...problems.map(
          (problem) =>
            `  ${problem.path}: found ${problem.found}, expected ${problem.expected}. ${problem.fix}`,
        ),
      ].join("\n"),
    );
    this.problems = problems;
  }
}
