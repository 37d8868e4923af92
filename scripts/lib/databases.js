// @ts-check
// The databases that sessions are tested in.
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { ensureTool } from "./debian.js";

const path = () => (process.env.PATH ?? "").split(delimiter);

/** The folder of initdb and postgres: Debian keeps them off the PATH. */
function findPostgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const named = process.env.HALLPASS_POSTGRES;
  const folders = [
    ...(named ? [named] : []),
    ...versions.map((version) => join(debian, version, "bin")),
    ...path(),
  ];
  return folders.find((folder) =>
    ["initdb", "postgres"].every((program) => existsSync(join(folder, program))),
  );
}

/** Finds PostgreSQL, and installs it where that may be done without asking. */
export function ensurePostgres() {
  return ensureTool({
    name: "PostgreSQL",
    purpose: "the tests of sessions in a database",
    packages: ["postgresql"],
    elsewhere: "install PostgreSQL and set HALLPASS_POSTGRES to the folder of initdb and postgres",
    find: findPostgres,
  });
}

function findRedis() {
  const named = process.env.HALLPASS_REDIS;
  return (
    named ||
    path()
      .map((folder) => join(folder, "redis-server"))
      .find((file) => existsSync(file))
  );
}

/** Finds Redis, and installs it where that may be done without asking. */
export function ensureRedis() {
  return ensureTool({
    name: "Redis",
    purpose: "the tests of sessions in a database",
    packages: ["redis-server"],
    elsewhere: "install Redis and set HALLPASS_REDIS to the path of redis-server",
    find: findRedis,
  });
}
