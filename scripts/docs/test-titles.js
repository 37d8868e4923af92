// @ts-check
// The tests that a document names as its evidence, and whether a test file has them.

/**
 * @typedef {object} Evidence
 * @property {string} title
 * @property {string} target the test file, as the document links to it
 * @property {number} line
 */

/**
 * The rows of a document's tables whose last column is headed `Tests`. A cell of it holds links: the text is the title of
 * a test or of a group of tests, the target its file.
 * @param {string} text
 * @returns {{ line: number, cells: string[], evidence: Evidence[] }[]}
 */
export function evidenceRows(text) {
  const rows = [];
  let inTable = false;
  for (const [index, source] of text.split("\n").entries()) {
    if (!source.startsWith("|")) {
      inTable = false;
      continue;
    }
    const cells = source
      .slice(1, source.lastIndexOf("|"))
      .split("|")
      .map((cell) => cell.trim());
    if (cells.at(-1) === "Tests") inTable = true;
    else if (inTable && !/^[\s|:-]+$/.test(source)) {
      const line = index + 1;
      const links = (cells.at(-1) ?? "").matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g);
      const evidence = [...links].map(([, title = "", target = ""]) => ({ title, target, line }));
      rows.push({ line, cells, evidence });
    }
  }
  return rows;
}

/**
 * Whether the source of a test file has a test, or a group of tests, of this title that is run.
 * @param {string} source
 * @param {string} title
 */
export function hasTest(source, title) {
  return ['"', "'", "`"].some((quote) => {
    const literal = `${quote}${title}${quote}`;
    for (let at = source.indexOf(literal); at >= 0; at = source.indexOf(literal, at + 1)) {
      if (/(?:\b(?:test|it|describe)\(|\)\()\s*$/.test(source.slice(0, at))) return true;
    }
    return false;
  });
}
