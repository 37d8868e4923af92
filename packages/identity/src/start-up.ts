import { join } from "node:path";
import { DatabaseError, type OpenDatabase, openDatabase } from "./database/index.ts";
import { isLoopback } from "./development-host.ts";
import type { IdentityOptions } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { parseSettings, type Settings, SettingsError } from "./settings/index.ts";

const DEFAULT_PORT = 4300;
const DEFAULT_HOST = "127.0.0.1";
const SHORTEST_SECRET = 32;

/** What the options and the configuration come to. */
export interface StartUp {
  settings: Settings;
  host: string;
  port: number;
  /** `undefined` until a free port is known. */
  issuer: string | undefined;
  secret: string | undefined;
  /** What keys at rest may still be encrypted with. */
  previousSecret: string | undefined;
}

/** @throws IdentityError `settings_invalid`, `not_loopback`, `control_forbidden`, `secret_wrong` */
export function readOptions(options: IdentityOptions): StartUp {
  const { config, mode } = options;
  const settings = readSettings(() =>
    parseSettings(options.issuer === undefined ? config : { ...config, issuer: options.issuer }),
  );
  const host = options.host ?? DEFAULT_HOST;
  if (mode === "development") checkLoopback(host, settings.issuer);
  if (mode === "production" && options.control) {
    throw new IdentityError(
      "control_forbidden",
      "The development controls can make the server misbehave, so they exist in development only. Leave `control` out.",
    );
  }
  return {
    settings,
    ...readSecrets(options),
    host: host === "localhost" ? DEFAULT_HOST : host,
    ...address(options, settings),
  };
}

/**
 * The secrets that encrypt keys at rest: from the options, else from the environment.
 *
 * @throws IdentityError `secret_wrong`
 */
export function readSecrets(
  options: Pick<IdentityOptions, "secret" | "previousSecret">,
): Pick<StartUp, "secret" | "previousSecret"> {
  const secret = options.secret ?? (process.env.HALLPASS_SECRET || undefined);
  const previousSecret = options.previousSecret ?? (process.env.HALLPASS_PREVIOUS_SECRET || undefined);
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    throw new IdentityError(
      "secret_wrong",
      `HALLPASS_SECRET has ${secret.length} characters and needs at least ${SHORTEST_SECRET}. Make one with: openssl rand -base64 32`,
    );
  }
  if (secret === undefined && previousSecret !== undefined) {
    throw new IdentityError(
      "secret_wrong",
      "HALLPASS_PREVIOUS_SECRET was given without HALLPASS_SECRET. Set HALLPASS_SECRET to the secret that the keys are to be encrypted with from now on.",
    );
  }
  return { secret, previousSecret };
}

function address(options: IdentityOptions, settings: Settings): { port: number; issuer: string | undefined } {
  const { mode, port } = options;
  const { issuer } = settings;
  if (mode === "production") return { port: port ?? DEFAULT_PORT, issuer };
  const ownPort = Number(new URL(issuer).port) || DEFAULT_PORT;
  if (port === undefined || options.issuer !== undefined) return { port: port ?? ownPort, issuer };
  return { port, issuer: port === 0 ? undefined : withPort(issuer, port) };
}

/** The issuer at another port. */
export function withPort(issuer: string, port: number): string {
  const url = new URL(issuer);
  url.port = String(port);
  return url.origin;
}

/**
 * What `read` makes of the configuration.
 *
 * @throws IdentityError `settings_invalid`
 */
export function readSettings(read: () => Settings): Settings {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new IdentityError("settings_invalid", error.message, error);
  }
}

function checkLoopback(host: string, issuer: string): void {
  if (!isLoopback(host.includes(":") ? `[${host}]` : host)) {
    throw new IdentityError(
      "not_loopback",
      `Development mode listens on this machine only, not on ${host}: it shows users and their passwords. Use 127.0.0.1, or run in production mode.`,
    );
  }
  if (!isLoopback(new URL(issuer).hostname)) {
    throw new IdentityError(
      "not_loopback",
      `The issuer ${issuer} is not this machine, and development mode is for this machine only. Use http://localhost:${DEFAULT_PORT}, or run in production mode.`,
    );
  }
}

export function databaseFile(dataDir: string): string {
  return dataDir === ":memory:" ? dataDir : join(dataDir, "hallpass.sqlite");
}

/** @throws IdentityError `data_unwritable`, `data_corrupt`, `data_newer`, `data_busy` */
export async function openData(dataDir: string): Promise<OpenDatabase> {
  try {
    return await openDatabase({ file: databaseFile(dataDir) });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new IdentityError(error.code, error.message, error);
  }
}
