// @ts-check
// Words that must not be in the repository: leftovers, and the house's own words in documents for users.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documents } from "../docs/documents.js";
import { withoutFences } from "../docs/markdown.js";
import { root } from "../lib/workspace.js";

/** @type {{ word: RegExp, why: string, files?: RegExp }[]} */
const leftovers = [
  { word: /TODO|FIXME|\bXXX\b/, why: "unfinished work" },
  { word: /(?<![\w./])\/(?:work|root)\/\w|\/tmp\/hallpass\//, why: "a path of one machine" },
  { word: /\bdebugger;/, why: "a debugging leftover", files: /\.[jt]sx?$/ },
  {
    word: /\bconsole\.log\(/,
    why: "a debugging leftover",
    files: /^packages\/[^/]+\/src\/(?!.*\.test\.).*\.[jt]sx?$/,
  },
  { word: /\.only\(/, why: "a test that hides the others", files: /\.(?:test|spec)\.[jt]sx?$/ },
];

/** Our own words for how the code is laid out mean nothing to users. */
const houseWords = /\b(?:floors?|rooms?|dialects?)\b/i;

/** @returns {string[]} each finding as file:line: what */
export function forbiddenWords() {
  return [...findLeftovers(), ...findHouseWords()];
}

function findLeftovers() {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\0")
    .filter((file) => /\.(?:[cm]?[jt]sx?|json|md|css|html|ya?ml|sh|py)$|^\.ci\//.test(file))
    .filter(
      (file) =>
        file !== "scripts/check/words.js" &&
        !file.endsWith("package-lock.json") &&
        existsSync(join(root, file)),
    );
  return files.flatMap((file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    return leftovers
      .filter((rule) => rule.files === undefined || rule.files.test(file))
      .flatMap(({ word, why }) =>
        lines.flatMap((line, index) => {
          const found = word.exec(line);
          return found ? [`${file}:${index + 1}: "${found[0]}" is ${why}`] : [];
        }),
      );
  });
}

function findHouseWords() {
  return documents().flatMap(({ file, text }) =>
    withoutFences(text).flatMap((line, index) => {
      const found = houseWords.exec(line.replaceAll(/`[^`]*`/g, ""));
      return found ? [`${file}:${index + 1}: "${found[0]}" is a word of ours, not of users`] : [];
    }),
  );
}
