// @ts-check
// The browser of the browser tests is the system's: nothing is downloaded by the test tools themselves.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ensureTool } from "./debian.js";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns {string | undefined} the path of a Chromium or Chrome */
function findChromium() {
  const named = process.env.HALLPASS_CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...applications].find(
    (path) => existsSync(path),
  );
}

/** Finds the browser, and installs it where that may be done without asking. */
export function ensureChromium() {
  return ensureTool({
    name: "Chromium",
    purpose: "the browser tests",
    packages: ["chromium", "fonts-liberation"],
    elsewhere: "install Chromium or Chrome and set HALLPASS_CHROMIUM to its path",
    find: findChromium,
  });
}
