// @ts-check
// Shell commands in documents, taken apart as far as they can be checked.

/**
 * The commands of a fence, one for each `&&`, `|` and line; comments and prompts left out.
 * @param {import("./markdown.js").Fence} fence
 * @returns {{ words: string[], line: number }[]}
 */
export function commandLines({ code, line }) {
  const found = [];
  let continued = "";
  for (const [index, text] of code.split("\n").entries()) {
    const whole = continued + text.replace(/^\s*\$\s+/, "");
    if (whole.endsWith("\\")) {
      continued = whole.slice(0, -1);
      continue;
    }
    continued = "";
    for (const part of whole.replace(/(^|\s)#.*$/, "").split(/&&|\|\|?|;/)) {
      const words = part.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
      // Settings of the environment stand before the command.
      while (/^\w+=/.test(words[0] ?? "")) words.shift();
      if (words.length > 0) found.push({ words: [...words], line: line + index });
    }
  }
  return found;
}

/** The script of package.json that a command runs, if it runs one. @param {readonly string[]} words */
export function npmScript(words) {
  const [program, verb, name] = words;
  if (program !== "npm") return undefined;
  if (verb === "test" || verb === "start") return verb;
  return verb === "run" ? (name ?? "") : undefined;
}

/**
 * A command of ours, as `hallpass …` or `npx hallpass …`.
 * @param {readonly string[]} words
 * @returns {{ command: string[], options: string[] } | undefined} command: the words of the subcommand
 */
export function ourCommand(words) {
  const rest = words[0] === "npx" ? words.slice(1) : [...words];
  if (rest.shift() !== "hallpass") return undefined;
  const command = [];
  const groups = ["users", "keys", "invitations"];
  while (
    /^[a-z][a-z-]*$/.test(rest[0] ?? "") &&
    (command.length === 0 || (command.length === 1 && groups.includes(command[0] ?? "")))
  ) {
    command.push(rest.shift() ?? "");
  }
  const options = rest
    .map((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? "")
    .filter((option) => option !== "" && option !== "--help");
  return { command, options };
}

/** Files of the repository that a command names. @param {readonly string[]} words */
export function filesIn(words) {
  return words.filter((word) =>
    /^(?:\.\/)?(?:packages|examples|docs|scripts|e2e|bench|\.ci)\/[\w./-]+$/.test(word),
  );
}
