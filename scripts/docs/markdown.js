// @ts-check
// What the documents contain that can be wrong: code fences, links, headings.

/**
 * @typedef {object} Fence
 * @property {string} file the document, relative to the repository
 * @property {number} line of the first line of code, from 1
 * @property {string} language as written after the backticks
 * @property {string} code
 * @property {string} [directive] what an HTML comment on the line before the fence says
 */

/**
 * @param {string} file
 * @param {string} text
 * @returns {Fence[]}
 */
export function fences(file, text) {
  const lines = text.split(/\r?\n/);
  /** @type {Fence[]} */
  const found = [];
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(lines[index] ?? "");
    if (opening === null) continue;
    const [, indent = "", ticks = "", language = ""] = opening;
    const start = index + 1;
    const closing = new RegExp(`^\\s*${ticks[0]}{${ticks.length},}\\s*$`);
    index = start;
    while (index < lines.length && !closing.test(lines[index] ?? "")) index += 1;
    const code = lines
      .slice(start, index)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    const directive = commentBefore(lines, start - 1);
    found.push({ file, line: start + 1, language, code: code.join("\n"), ...(directive && { directive }) });
  }
  return found;
}

/** @param {readonly string[]} lines @param {number} fenceIndex */
function commentBefore(lines, fenceIndex) {
  let index = fenceIndex - 1;
  while (index >= 0 && lines[index]?.trim() === "") index -= 1;
  return /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(lines[index] ?? "")?.[1];
}

/**
 * Links and images that point into the repository.
 * @param {string} text
 * @returns {{ target: string, line: number }[]}
 */
export function localLinks(text) {
  const found = [];
  for (const [index, line] of withoutFences(text).entries()) {
    for (const [, target = ""] of line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g))
      found.push({ target, line: index + 1 });
    for (const [, target = ""] of line.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g))
      found.push({ target, line: index + 1 });
  }
  return found.filter(({ target }) => !/^(?:[a-z]+:|\/\/)/i.test(target));
}

/** The anchors that GitHub makes of a document's headings. @param {string} text @returns {Set<string>} */
export function anchors(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const found = new Set();
  for (const line of withoutFences(text)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    found.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return found;
}

/** The lines of a document, those of code fences emptied. @param {string} text */
export function withoutFences(text) {
  const lines = text.split(/\r?\n/);
  for (const { line, code } of fences("", text)) {
    for (let index = line - 1; index < line - 1 + code.split("\n").length; index += 1) lines[index] = "";
  }
  return lines;
}
