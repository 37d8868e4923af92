// @ts-check
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes the lock, and notes when it has it and when it gives it back. @param {string} name */
function worker(name) {
  const script = `
    import { appendFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { withLock } from ${JSON.stringify(new URL("./lock.js", import.meta.url).href)};
    const note = (what) => appendFileSync(${JSON.stringify(join(folder, "notes"))}, what + " ${name}\\n");
    await withLock(async () => { note("has"); await sleep(100); note("done"); }, { folder: ${JSON.stringify(folder)}, pollEvery: 5 });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
  return new Promise((resolve) => child.on("close", resolve));
}

describe("the lock", () => {
  it("lets one process at a time work", async () => {
    const codes = await Promise.all(["one", "two", "three", "four"].map(worker));
    expect(codes).toEqual([0, 0, 0, 0]);
    const notes = readFileSync(join(folder, "notes"), "utf8").trim().split("\n");
    expect(notes).toHaveLength(8);
    for (let index = 0; index < notes.length; index += 2) {
      expect(notes[index + 1]).toBe(notes[index]?.replace("has", "done"));
    }
  });

  it("is taken over from a process that died, by one waiter only", async () => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(join(folder, "lock"), String(dead));
    expect(await Promise.all(["one", "two", "three"].map(worker))).toEqual([0, 0, 0]);
    const notes = readFileSync(join(folder, "notes"), "utf8").trim().split("\n");
    for (let index = 0; index < notes.length; index += 2) {
      expect(notes[index + 1]).toBe(notes[index]?.replace("has", "done"));
    }
  });
});
