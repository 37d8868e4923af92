// The results as tables on the terminal and as a page of the manual.
import { availableParallelism, cpus } from "node:os";
import process from "node:process";

const digits = (ratio) => (ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio < 2 ? 2 : 1));
const thousands = (number) => Math.round(number).toLocaleString("en");
const kilobytes = (bytes) => (bytes < 99_500 ? (bytes / 1000).toFixed(1) : thousands(bytes / 1000));
const percent = (share) => `${(share * 100).toFixed(0)} %`;

/** @typedef {Awaited<ReturnType<typeof import("./rounds.js").compare>>} Results */
/**
 * @typedef {object} Everything
 * @property {Results} results
 * @property {number} rounds
 * @property {string[]} versions
 * @property {number} tokenBytes
 * @property {number} entryBytes
 * @property {{ inTurn: number, drifting: number }} hits
 * @property {import("./footprint.js").Footprint[]} footprints
 * @property {{ name: string, bytes: number }[]} bundles
 */

/** @param {Results} results */
export function table(results) {
  const width = Math.max(...results.map(({ name }) => name.length)) + 2;
  const head = `${"".padEnd(width)}${"ratio".padStart(8)}${"10–90 %".padStart(16)}${"a second".padStart(12)}`;
  const rows = results.map(({ name, ratio, low, high, perSecond }) => {
    const spread = `${digits(low)}–${digits(high)}`;
    return `${name.padEnd(width)}${digits(ratio).padStart(8)}${spread.padStart(16)}${thousands(perSecond).padStart(12)}`;
  });
  return [head, ...rows].join("\n");
}

/** @param {Omit<Everything, "results" | "rounds" | "versions" | "tokenBytes">} measured */
export function restOfTable({ entryBytes, hits, footprints, bundles }) {
  const width = 46;
  const line = (name, value) => `${name.padEnd(width)} ${value}`;
  return [
    line("cache, bytes for an entry", thousands(entryBytes)),
    line("cache, hits in turn / drifting", `${percent(hits.inTurn)} / ${percent(hits.drifting)}`),
    ...footprints.map(({ name, milliseconds, bytes, dependencies }) =>
      line(
        name,
        `import ${milliseconds.toFixed(1)} ms, ${kilobytes(bytes)} kB on disk, ${dependencies} dependencies`,
      ),
    ),
    ...bundles.map(({ name, bytes }) => line(name, `${kilobytes(bytes)} kB min+gzip`)),
  ].join("\n");
}

const rowsOf = (results, group) =>
  results
    .filter((result) => result.group === group)
    .map(
      ({ name, ratio, low, high, perSecond }) =>
        `| ${name} | ${digits(ratio)} | ${digits(low)}–${digits(high)} | ${thousands(perSecond)} |`,
    )
    .join("\n");

const HEAD = "ratio to LIMIT | 10–90 % of the rounds | a second |\n|---|---:|---:|---:|";

/** @param {Everything} everything */
export function performanceDocument(everything) {
  const { results, rounds, versions, tokenBytes, entryBytes, hits, footprints, bundles } = everything;
  return `# Performance

How fast access tokens are verified, and what that costs. \`npm run bench\` measures it on your machine and writes this
page; the figures below come from such a run with Node ${process.version} on ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}).

A ratio says more than a count: it is the speed compared with **LIMIT**, which checks the RS256 signature with
\`node:crypto\` on one core and does nothing else (no parsing, no claims, no key lookup). 1 means as fast as the signature
alone; more than 1 is possible where a signature need not be checked again, or not at all.

![Verifying an access token: the ratios of the first table as bars](images/performance.svg)

## Every check, a new token each time

| | ${HEAD}
${rowsOf(results, "whole")}

## The same token again

A server sees the same token many times. Hallpass keeps tokens that it has found good; a token is found only if its whole
text is equal, and its times and its key are checked again on every use.

| | ${HEAD}
${rowsOf(results, "cache")}

With twice as many tokens in use as the cache holds, ${percent(hits.inTurn)} of the requests still hit when all tokens come in
turn, and ${percent(hits.drifting)} when half as many as fit are in use at a time and change slowly. An entry takes ${thousands(entryBytes)} bytes, with the
token's text and its claims.

## Refusals

| | ${HEAD}
${rowsOf(results, "refusal")}

## Size and start

| | import, ms | on disk with dependencies, kB | dependencies |
|---|---:|---:|---:|
${footprints.map(({ name, milliseconds, bytes, dependencies }) => `| ${name} | ${milliseconds.toFixed(1)} | ${kilobytes(bytes)} | ${dependencies} |`).join("\n")}

| in a browser or on an edge runtime | min+gzip, kB |
|---|---:|
${bundles.map(({ name, bytes }) => `| ${name} | ${kilobytes(bytes)} |`).join("\n")}

Of Hallpass a page loads at once what reads the options and tells what a signed JWT is. The rest of the checks, the key
set, signatures and claims come with the first such token, and the sentences about a refusal with the first one; a
bundler that makes one file puts all of it there. What a page has loaded once a token is verified is the sum of the
first two lines.

## How it was measured

- All cases run in one process, in ${rounds} short rounds (50 ms a case) that alternate in order; a ratio is formed within
  each round and the tables show the median. Counts a second differ by half from machine to machine and day to day;
  ratios do so much less.
- A measurement during which the system took the processor away more than three times is repeated, at most five times.
- The tokens are RS256, ${thousands(tokenBytes)} bytes long, with the claims of a Kinde access token. Every operation gets a fresh
  string, as it does from an HTTP request: using one string again flatters a cache many times over.
- Each library is used as its own documentation shows, with issuer and audience checked where it can, and its key set is
  fetched and warm. fast-jwt and Clerk with "one fixed PEM" are given the public key and spared the key lookup; hono is
  given its keys as data, because with an address it fetches them for each token; aws-jwt-verify is handed the key set,
  because it fetches over https only.
- Unless it says "in flight", each operation is awaited before the next. fast-jwt with a fixed key answers synchronously
  and is not awaited.
- Import times are medians over 15 fresh processes. Hallpass is measured as it is published; on disk means all files of a
  package and of what it depends on.
- Versions: ${versions.join(", ")}.
`;
}
