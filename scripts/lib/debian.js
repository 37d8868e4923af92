// @ts-check
// System packages are installed where that may be done without asking: on Debian, as root.
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { capture } from "./run.js";
import { step } from "./terminal.js";

function debian() {
  const file = "/etc/os-release";
  return existsSync(file) && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(file, "utf8"));
}

/**
 * Finds a system tool, and installs it where that may be done.
 * @param {object} tool
 * @param {string} tool.name as it is called in messages
 * @param {string} tool.purpose such as "the browser tests"
 * @param {readonly string[]} tool.packages Debian's
 * @param {string} tool.elsewhere what to do where there is no apt-get
 * @param {() => string | undefined} tool.find its path
 * @returns {Promise<{ path: string } | { missing: string, command: string }>} or why it is missing and what would install it
 */
export async function ensureTool({ name, purpose, packages, elsewhere, find }) {
  const found = find();
  if (found !== undefined) return { path: found };
  const installCommand = `apt-get update && apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
  if (!debian()) return { missing: `${name} is not installed`, command: elsewhere };
  if (process.getuid?.() !== 0) {
    return {
      missing: `${name} is not installed and installing it needs root`,
      command: `sudo sh -c "${installCommand}"`,
    };
  }
  const { code, output } = await step(`Installing ${name} for ${purpose} (apt-get)`, () =>
    capture("sh", ["-c", installCommand], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }),
  );
  const installed = find();
  if (code === 0 && installed !== undefined) return { path: installed };
  const reason = output.trim().split("\n").slice(-3).join("\n");
  return {
    missing: `${name} could not be installed (exit code ${code}):\n${reason}`,
    command: installCommand,
  };
}
