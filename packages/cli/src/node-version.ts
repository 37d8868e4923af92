import { usageError } from "./cli-error.ts";

const required = { major: 24, minor: 7 };

/** Whether a Node version like `24.7.0` has what the identity server needs: node:sqlite and argon2. */
export function runsIdentity(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > required.major || (major === required.major && minor >= required.minor);
}

/**
 * To be called before anything of `@hallpass/identity` is imported: on an older Node that import would fail
 * with a message that helps nobody.
 */
export function requireNodeForIdentity(command: string, version: string = process.versions.node): void {
  if (runsIdentity(version)) return;
  throw usageError(
    "node_too_old",
    `hallpass ${command} needs Node ${required.major}.${required.minor} or newer (for its built-in SQLite and argon2). This is Node ${version}.`,
    "install Node 24 from https://nodejs.org and run the command again. hallpass explain, doctor and probe --token run on Node 20.19 too.",
  );
}
