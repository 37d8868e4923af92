// @ts-check
// The documents of the project and the snippets in them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/workspace.js";
import { fences } from "./markdown.js";

/** @typedef {import("./markdown.js").Fence} Fence */

/** @returns {{ file: string, text: string }[]} file: relative to the repository, with forward slashes */
export function documents() {
  const folders = (/** @type {string} */ parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent)).map((entry) => `${parent}/${entry}`)
      : [];
  const inDocs = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map(
        (entry) => `docs/${entry.replaceAll("\\", "/")}`,
      )
    : [];
  const files = [
    ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
    ...inDocs.filter((file) => file.endsWith(".md")).sort(),
    ...[...folders("packages"), ...folders("examples")].map((folder) => `${folder}/README.md`),
  ];
  return files
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
}

/** All code fences of all documents. @returns {Fence[]} */
export function allFences() {
  return documents().flatMap(({ file, text }) => fences(file, text));
}

/**
 * How a snippet is run, from the comment before its fence:
 * - `run`: the module is run and must end by itself with exit code 0;
 * - `run: express` (or fastify, hono, node): the server is started and asked for a path, with a good token and without;
 *   `run: express POST /books {"title":"Emma"}` says what is asked, `GET /books` is the default;
 * - `run: react`: what it renders, or its exported `App`, is rendered to HTML.
 * @typedef {{ kind: "script" } | { kind: "react" } | { kind: "server", method: string, path: string, body?: string }} Run
 */

const servers = ["express", "fastify", "hono", "node"];

/**
 * @param {Fence} fence
 * @returns {Run | undefined} undefined: it is only compiled
 */
export function howToRun({ directive, file, line }) {
  if (directive === undefined || !/^run\b/.test(directive)) return undefined;
  const match = /^run(?::\s*(\w+)(?:\s+([A-Z]+)\s+(\S+))?(?:\s+(\{.*\}))?)?$/.exec(directive);
  const [, what, method = "GET", path = "/books", body] = match ?? [];
  if (match !== null && what === undefined) return { kind: "script" };
  if (what === "react") return { kind: "react" };
  if (what !== undefined && servers.includes(what))
    return { kind: "server", method, path, ...(body && { body }) };
  throw new Error(
    `${file}:${line}: "${directive}" is not understood: run, run: react, or run: ${servers.join("|")} [METHOD PATH [JSON]]`,
  );
}

/** Whether a snippet is TypeScript that can be compiled with what the repository itself has. @param {Fence} fence */
export function isTypeScript(fence) {
  return inTypeScript(fence) && !ofOtherClients(fence);
}

/** Whether a snippet uses a client of interop/, where it is compiled: the comment before it says so. @param {Fence} fence */
export function ofOtherClients(fence) {
  return inTypeScript(fence) && fence.directive === "interop";
}

/** @param {Fence} fence */
function inTypeScript({ language }) {
  return language === "ts" || language === "tsx";
}
