// @ts-check
// The browser of the browser tests is the system's: nothing is downloaded by the test tools themselves.
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { capture } from "./run.js";
import { step } from "./terminal.js";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const installCommand =
  "apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation";

/** @returns {string | undefined} the path of a Chromium or Chrome */
function findChromium() {
  const named = process.env.HALLPASS_CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...applications].find(
    (path) => existsSync(path),
  );
}

/**
 * Finds the browser, and installs it where that may be done without asking: on Debian, as root.
 * @returns {Promise<{ path: string } | { missing: string, command: string }>} or why it is missing and what would install it
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return { path: found };
  if (!debian()) {
    return {
      missing: "Chromium is not installed",
      command: "install Chromium or Chrome and set HALLPASS_CHROMIUM to its path",
    };
  }
  if (process.getuid?.() !== 0) {
    return {
      missing: "Chromium is not installed and installing it needs root",
      command: `sudo sh -c "${installCommand}"`,
    };
  }
  const { code, output } = await step("Installing Chromium for the browser tests (apt-get)", () =>
    capture("sh", ["-c", installCommand], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }),
  );
  const installed = findChromium();
  if (code === 0 && installed !== undefined) return { path: installed };
  const reason = output.trim().split("\n").slice(-3).join("\n");
  return {
    missing: `Chromium could not be installed (exit code ${code}):\n${reason}`,
    command: installCommand,
  };
}

function debian() {
  const file = "/etc/os-release";
  return existsSync(file) && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(file, "utf8"));
}
