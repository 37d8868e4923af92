// @ts-check
// Runs compiled snippets against an issuer that is really there.
import { fork, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * @typedef {import("./documents.js").Run} Run
 * @typedef {object} Execution
 * @property {string} file the compiled snippet
 * @property {string} node
 * @property {import("@hallpass/testing").TestIssuer} issuer
 */

const harness = join(dirname(fileURLToPath(import.meta.url)), "harness");
const timeout = 20_000;

/** The issuers that documents name: when a snippet runs, the test's issuer stands in for them. */
const namedIssuers =
  /https?:\/\/(?:localhost:4300|yourapp\.kinde\.com|yourtenant\.(?:\w+\.)?auth0\.com)\/?(?=["'`])/g;

/** @param {Run} run @param {Execution} execution */
export async function execute(run, execution) {
  const file = withIssuer(execution);
  const folder = mkdtempSync(join(tmpdir(), "hallpass-snippet-"));
  const permissions = permissionsIn(readFileSync(file, "utf8"));
  const good = await execution.issuer.token({ permissions, scopes: permissions });
  const env = {
    ...process.env,
    NODE_OPTIONS: "",
    NO_COLOR: "1",
    HALLPASS_ISSUER: execution.issuer.issuer,
    HALLPASS_AUDIENCE: execution.issuer.audience,
    HALLPASS_TOKEN: good,
  };
  const place = { node: execution.node, cwd: folder, env };
  try {
    if (run.kind === "script") return await runToEnd([file], place);
    if (run.kind === "react") return await runToEnd([prepareReact(file), file], place);
    return await askServer(file, run, place, {
      good,
      bad: await execution.issuer.badToken("wrong_audience"),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Execution} execution @returns {string} the file to run */
function withIssuer({ file, issuer }) {
  const running = file.replace(/\.js$/, ".run.js");
  const code = readFileSync(file, "utf8")
    .replaceAll(namedIssuers, issuer.issuer)
    .replaceAll(/(["'])react-dom\/client\1/g, '"./react-dom-client.js"');
  writeFileSync(running, code);
  return running;
}

/** A good token has every permission that the snippet names. @param {string} code */
function permissionsIn(code) {
  return [
    ...new Set([...code.matchAll(/["'`]([a-z]+:[a-z]+)["'`]/g)].map(([, permission = ""]) => permission)),
  ].filter((permission) => !permission.startsWith("node:"));
}

/** Puts the React harness beside the snippet, where it finds the same React. @param {string} file */
function prepareReact(file) {
  for (const name of ["react.js", "react-dom-client.js"])
    copyFileSync(join(harness, name), join(dirname(file), name));
  return join(dirname(file), "react.js");
}

/** @typedef {{ node: string, cwd: string, env: NodeJS.ProcessEnv }} Place */

/**
 * @param {readonly string[]} args
 * @param {Place} place
 * @returns {Promise<void>}
 */
function runToEnd(args, { node, cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `The snippet ended with ${signal ? `${signal} (it must end within ${timeout / 1000} s)` : `exit code ${code}`}:\n${output}`,
          ),
        );
    });
  });
}

/**
 * @param {string} file
 * @param {Extract<Run, { kind: "server" }>} run
 * @param {Place} place
 * @param {{ good: string, bad: string }} tokens
 */
async function askServer(file, run, { node, cwd, env }, tokens) {
  const preload = pathToFileURL(join(harness, "server.js")).href;
  const child = fork(file, [], {
    cwd,
    env,
    execPath: node,
    execArgv: ["--import", preload],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    const origin = await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The server did not listen within ${timeout / 1000} s:\n${output}`)),
        timeout,
      );
      child.once(
        "message",
        (/** @type {{ port: number, family: string, address: string }} */ { port, family, address }) => {
          clearTimeout(timer);
          resolve(
            `http://${address === "::1" && family === "IPv6" ? "[::1]" : address === "::" || address === "0.0.0.0" ? "localhost" : address}:${port}`,
          );
        },
      );
      child.once("exit", (code) => {
        clearTimeout(timer);
        reject(new Error(`${basename(file)} ended with exit code ${code} before it listened:\n${output}`));
      });
    });
    const ask = (/** @type {string | undefined} */ token) =>
      fetch(`${origin}${run.path}`, {
        method: run.method,
        ...(run.body !== undefined && { body: run.body }),
        headers: {
          ...(run.body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(timeout),
      });
    await expectStatus(
      await ask(tokens.good),
      "with a good token",
      (status) => status >= 200 && status < 300,
      "2xx",
      output,
    );
    await expectStatus(
      await ask(tokens.bad),
      "with a token of another audience",
      (status) => status === 401,
      "401",
      output,
    );
    await expectStatus(await ask(undefined), "without a token", (status) => status === 401, "401", output);
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
}

/**
 * @param {Response} response
 * @param {string} when
 * @param {(status: number) => boolean} wanted
 * @param {string} name
 * @param {string} output of the server
 */
async function expectStatus(response, when, wanted, name, output) {
  const body = await response.text();
  if (wanted(response.status)) return;
  throw new Error(`${when} the server answers ${response.status}, not ${name}:\n${body}\n${output}`);
}
