import { fileURLToPath } from "node:url";

/** What the API is told by its environment. The defaults are those of development. */
export interface Settings {
  issuer: string;
  audience: string;
  host: string;
  port: number;
  /** The origin whose pages may call the API. */
  webOrigin: string;
  /** The SQLite file of the books, or `:memory:`. */
  booksFile: string;
}

/** @throws {SettingError} that names the variable */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = readPort(env, "API_PORT", 4301);
  return {
    issuer: env.HALLPASS_ISSUER || `http://localhost:${readPort(env, "HALLPASS_PORT", 4300)}`,
    audience: env.HALLPASS_AUDIENCE || "https://api.bookstore.example",
    host: env.API_HOST || "localhost",
    port,
    webOrigin: readOrigin(env, "WEB_ORIGIN", `http://localhost:${readPort(env, "WEB_PORT", 4302)}`),
    booksFile: env.BOOKS_FILE || fileURLToPath(new URL("../.hallpass/books.sqlite", import.meta.url)),
  };
}

class SettingError extends Error {
  override readonly name = "SettingError";
}

function readPort(env: NodeJS.ProcessEnv, name: string, usual: number): number {
  const value = env[name];
  if (!value) return usual;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new SettingError(
      `${name} is ${JSON.stringify(value)}. Set it to a port: a whole number from 0 to 65535.`,
    );
  }
  return port;
}

function readOrigin(env: NodeJS.ProcessEnv, name: string, usual: string): string {
  const value = env[name];
  if (!value) return usual;
  if (!URL.canParse(value) || new URL(value).origin !== value) {
    throw new SettingError(
      `${name} is ${JSON.stringify(value)}. Set it to an origin, such as ${usual}: scheme, host and port, and no slash after it.`,
    );
  }
  return value;
}
