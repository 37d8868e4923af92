// @ts-check
// One process at a time installs, builds or packs. The lock is a file that names its owner, so that the lock of a
// process that died is taken over.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./terminal.js";
import { cacheFolder } from "./workspace.js";

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {{ folder?: string, pollEvery?: number }} [options] pollEvery in milliseconds
 * @returns {Promise<T>}
 */
export async function withLock(work, { folder = cacheFolder, pollEvery = 100 } = {}) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "lock");
  let told = false;
  while (!create(file)) {
    const owner = ownerOf(file);
    if (owner !== undefined && !alive(owner)) {
      takeOver(file, owner);
      continue;
    }
    if (!told && owner !== undefined) {
      say(
        `Waiting for another command of this folder (process ${owner}) to finish installing and building …`,
      );
      told = true;
    }
    await sleep(pollEvery);
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** The process that holds the lock; undefined while it is being written or already gone. @param {string} file */
function ownerOf(file) {
  try {
    const text = readFileSync(file, "utf8");
    const age = Date.now() - statSync(file).mtimeMs;
    // An empty file that stays empty is of a process that died between creating and writing it; and after a restart
    // of the machine the owner's number may belong to someone else.
    if (text === "") return age > 5_000 ? -1 : undefined;
    return age > 30 * 60_000 ? -1 : Number(text);
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function alive(pid) {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Removes a dead owner's lock. Two waiters may see it dead at once, and the slower must not remove the lock that the
 * faster has taken meanwhile: so removing has a lock of its own, and the owner is read again under it.
 * @param {string} file
 * @param {number} owner
 */
function takeOver(file, owner) {
  const guard = `${file}.takeover`;
  if (!create(guard)) {
    try {
      if (Date.now() - statSync(guard).mtimeMs > 5_000) rmSync(guard, { force: true });
    } catch {}
    return;
  }
  try {
    if (ownerOf(file) === owner) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}
