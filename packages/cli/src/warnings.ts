const quiet = [
  // node:sqlite is chosen on purpose; that it is called experimental is no news to a user of the command.
  (warning: Error) => warning.name === "ExperimentalWarning" && warning.message.includes("SQLite"),
  // A config with `import` in a folder whose package.json says nothing about modules works all the same.
  (warning: Error) => "code" in warning && warning.code === "MODULE_TYPELESS_PACKAGE_JSON",
];

/** Keeps out of the terminal the Node warnings that a user of the command can do nothing about. */
export function quietWarnings(): void {
  const shown = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (quiet.some((matches) => matches(warning))) return;
    for (const listener of shown) listener.call(process, warning);
  });
}
