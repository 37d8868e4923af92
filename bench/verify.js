// Verifying access tokens: Hallpass and its peers, as ratios to LIMIT.
//   node bench/verify.js            measures, prints the tables and writes docs/performance.md and its chart
//   node bench/verify.js --smoke    runs everything for a moment, to see that it works; measures nothing
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fastJwt } from "./cases/fast-jwt.js";
import { hallpass } from "./cases/hallpass.js";
import { jose } from "./cases/jose.js";
import { limit } from "./cases/limit.js";
import { awsJwtVerify, clerk, expressBearer, hono, jwksRsa, kinde, oauth4webapi } from "./cases/others.js";
import { chart } from "./chart.js";
import { createCorpus } from "./corpus.js";
import { bundleSizes, footprints } from "./footprint.js";
import { hitRates } from "./hit-rates.js";
import { performanceDocument, restOfTable, table } from "./report.js";
import { compare } from "./rounds.js";

const smoke = process.argv.includes("--smoke");
const rounds = smoke ? 1 : 25;

/** By the packages that each needs. */
const peers = [
  [["fast-jwt", "get-jwks"], fastJwt],
  [["jose"], jose],
  [["aws-jwt-verify"], awsJwtVerify],
  [["jsonwebtoken", "jwks-rsa"], jwksRsa],
  [["express-oauth2-jwt-bearer"], expressBearer],
  [["oauth4webapi"], oauth4webapi],
  [["@kinde/jwt-validator"], kinde],
  [["hono"], hono],
  [["@clerk/backend"], clerk],
];
const manifestOf = (name) => new URL(`./node_modules/${name}/package.json`, import.meta.url);
const installed = peers.filter(([names]) => names.every((name) => existsSync(manifestOf(name))));
if (!smoke && installed.length < peers.length) {
  throw new Error("The peers are not installed: run this with npm run bench.");
}

/** One line that is written over, for whoever watches. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
}

const wanted = smoke ? 120 : 10_000;
const corpus = await createCorpus(wanted, (made) => {
  if (made % 100 === 0) progress(`signing tokens: ${made} of ${wanted}`);
});
try {
  const cases = [...limit(corpus), ...hallpass(corpus)];
  for (const [, casesOf] of installed) cases.push(...(await casesOf(corpus)));
  // Everyone has to get it right before being measured.
  for (const { name, prepare, operation } of cases) {
    progress(`preparing ${name}`);
    await prepare?.();
    await operation();
  }
  const results = await compare(cases, {
    rounds,
    milliseconds: smoke ? 5 : 50,
    onRound: (round) => progress(`round ${round} of ${rounds}`),
  });
  progress("");
  console.log(table(results));
  const noise = noiseOf(results);
  if (!smoke && noise > 2 && !process.argv.includes("--anyway")) {
    throw new Error(
      `Other programs disturbed this: its ratio varied by a factor of ${noise.toFixed(1)} from round to round. ` +
        "Nothing was written; try again when the machine is quiet, or pass --anyway.",
    );
  }
  if (!smoke) await report(results);
} finally {
  await corpus.close();
}

/** How much a whole verification, which is steady work, seems to vary. */
function noiseOf(results) {
  const { low, high } = results.find(({ name }) => name === "Hallpass");
  return high / low;
}

async function report(results) {
  progress("weighing the cache");
  const memory = fileURLToPath(new URL("./memory.js", import.meta.url));
  const entryBytes = Number(execFileSync(process.execPath, ["--expose-gc", memory], { encoding: "utf8" }));
  const hits = await hitRates(corpus);
  const rest = {
    entryBytes,
    hits,
    footprints: await footprints((name) => progress(`starting ${name}`)),
    bundles: await bundleSizes(),
  };
  progress("");
  console.log(`\n${restOfTable(rest)}`);
  const versions = installed.flatMap(([names]) =>
    names.map((name) => `${name} ${JSON.parse(readFileSync(manifestOf(name), "utf8")).version}`),
  );
  const tokenBytes = corpus.valid[0].length;
  writeFileSync(
    new URL("../docs/performance.md", import.meta.url),
    performanceDocument({ results, rounds, versions, tokenBytes, ...rest }),
  );
  writeFileSync(
    new URL("../docs/images/performance.svg", import.meta.url),
    chart(results.filter(({ group, name }) => group === "whole" && !name.includes("in flight"))),
  );
  console.log("\nWritten to docs/performance.md and docs/images/performance.svg.");
}
