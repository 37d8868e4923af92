// @ts-check
// Which Node runs what: the host's only bootstraps, Node 24 runs the commands, Node 20 proves that the packages which
// promise it keep the promise.
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { capture } from "./run.js";
import { colours, PlainError, step } from "./terminal.js";
import { binFolder, cacheFolder, root } from "./workspace.js";

const windows = process.platform === "win32";
const oldestHost = [20, 19];
const oldestForIdentity = [24, 7];

/** The npm package that carries Node's binary for this machine; npm has current ones for Linux and Windows. */
const binaryPackage = `node-${windows ? "win" : process.platform}-${process.arch}`;

/** @param {string} version @param {readonly number[]} oldest */
function atLeast(version, [major = 0, minor = 0]) {
  const [hostMajor = 0, hostMinor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return hostMajor > major || (hostMajor === major && hostMinor >= minor);
}

export function requireHostNode() {
  if (atLeast(process.version, oldestHost)) return;
  throw new PlainError(
    `This is Node ${process.version}; Node ${oldestHost.join(".")} or newer is needed.\n` +
      "Install a current Node from https://nodejs.org and run the same command again.",
  );
}

/** The version of a Node binary, or undefined if it does not run. @param {string} path */
function versionOf(path) {
  try {
    return execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

/**
 * The Node that was there before this repository brought its own: npm names it, and without npm it is the first on the
 * PATH outside of node_modules.
 */
export function hostNode() {
  const candidates = [
    process.env.npm_node_execpath,
    process.execPath,
    ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, windows ? "node.exe" : "node")),
  ];
  for (const path of candidates) {
    if (path && existsSync(path) && !realpathSync(path).startsWith(join(root, "node_modules"))) return path;
  }
  return process.execPath;
}

/** Node 24.7 or newer: ours, or the host's. @returns {string} path of the binary */
export function node24() {
  const binary = windows ? "bin/node.exe" : "bin/node";
  const ours = join(root, "node_modules", binaryPackage, binary);
  if (existsSync(ours)) return ours;
  const host = hostNode();
  const version = versionOf(host);
  if (version !== undefined && atLeast(version, oldestForIdentity)) return host;
  throw new PlainError(
    `Node ${oldestForIdentity.join(".")} or newer is needed and there is none: npm has no ${binaryPackage} for this machine` +
      ` (or optional packages were left out), and the host's Node is ${version}.\n` +
      "Install Node 24 from https://nodejs.org and run the same command again.",
  );
}

/**
 * Node 20: the host's where that is what it is, else one from npm, kept in `.cache`.
 * @returns {Promise<string | undefined>} path of the binary; undefined where there is none for this machine
 */
export async function node20() {
  const host = hostNode();
  if (versionOf(host)?.startsWith("v20.")) return host;
  const folder = join(cacheFolder, "node-20");
  const path = join(folder, "node_modules", binaryPackage, windows ? "bin/node.exe" : "bin/node");
  if (existsSync(path)) return path;
  const { code } = await step("Fetching Node 20 for the tests that need it", () =>
    npm(["install", "--no-save", "--prefix", folder, `${binaryPackage}@^20.19.0`]),
  );
  return code === 0 && existsSync(path) ? path : undefined;
}

/**
 * Runs npm, under the host's Node unless told otherwise: npm may be replacing the Node that we brought.
 * @param {readonly string[]} args
 * @param {import("./run.js").RunOptions & { node?: string }} [options]
 */
export function npm(args, { node = hostNode(), env = process.env, ...options } = {}) {
  const clean = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_(config_(prefix|global|local_prefix)|package_|lifecycle_)/i.test(name),
    ),
  );
  clean.PATH = [dirname(node), clean.PATH].join(delimiter);
  const cli = npmCli();
  return cli
    ? capture(node, [cli, ...args], { ...options, env: clean })
    : capture("npm", args, { ...options, env: clean });
}

/** npm's own script, so that a chosen Node can run it. */
function npmCli() {
  const candidates = [
    process.env.npm_execpath,
    ...(process.env.PATH ?? "")
      .split(delimiter)
      .flatMap((folder) => [join(folder, "npm"), join(folder, "node_modules/npm/bin/npm-cli.js")]),
  ];
  for (const path of candidates) {
    if (!path || !existsSync(path)) continue;
    const script = realpathSync(path);
    if (script.endsWith("npm-cli.js")) return script;
  }
  return undefined;
}

/**
 * The environment in which tools and servers run: Node 24 and the workspace's commands first on the PATH.
 * @param {{ plain?: boolean }} [options] plain: without colours, wherever it goes
 * @returns {NodeJS.ProcessEnv}
 */
export function environment({ plain = !colours } = {}) {
  const folders = [dirname(node24()), binFolder];
  return {
    ...process.env,
    PATH: [...folders, process.env.PATH].join(delimiter),
    ...(plain && { NO_COLOR: "1", FORCE_COLOR: undefined }),
  };
}
