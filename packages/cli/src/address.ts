import type { HallpassConfig } from "@hallpass/identity/config";
import { usageError } from "./cli-error.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly issuer: string;
}

const defaultPort = 4300;

/** Whether a host name or address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}

/**
 * Where `hallpass dev` listens. The issuer is always `http://localhost:PORT`: browsers treat localhost and 127.0.0.1
 * as two sites, and a public issuer of the config is of no use on this machine. Port 0 stands for a free one.
 *
 * @throws {CliError} for a host that other machines can reach
 */
export function developmentAddress(
  config: HallpassConfig,
  options: { host?: string | undefined; port?: number | undefined },
): Address {
  const host = options.host ?? "localhost";
  if (!isLoopback(host)) {
    throw usageError(
      "not_loopback",
      `hallpass dev listens on loopback only, not on ${host}: its users, passwords and pages are for this machine.`,
      "leave --host out. For other machines there is hallpass serve.",
    );
  }
  const port = options.port ?? configuredPort(config);
  return { host, port, issuer: `http://localhost:${port}` };
}

/** The port of a loopback issuer in the config, else 4300. */
function configuredPort(config: HallpassConfig): number {
  const url = parseUrl(config.issuer);
  if (url === undefined || !isLoopback(url.hostname)) return defaultPort;
  return url.port === "" ? 80 : Number(url.port);
}

/**
 * Where `hallpass serve` listens, and the issuer that stands in its tokens.
 *
 * @throws {CliError} without an issuer, and for one that is neither https nor loopback
 */
export function productionAddress(
  config: HallpassConfig,
  options: { host?: string | undefined; port?: number | undefined; issuer?: string | undefined },
): Address {
  const issuer = options.issuer ?? config.issuer;
  if (issuer === undefined) {
    throw usageError(
      "issuer_missing",
      "hallpass serve needs the public address of the identity server.",
      'set issuer: "https://id.example.com" in the config, HALLPASS_ISSUER or --issuer.',
    );
  }
  const url = parseUrl(issuer);
  if (url === undefined) {
    throw usageError(
      "issuer_invalid",
      `The issuer ${issuer} is no URL.`,
      "write it whole: https://id.example.com",
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw usageError(
      "issuer_not_https",
      `The issuer ${issuer} is neither https nor on this machine: passwords would cross the network in the clear.`,
      "use https, with a reverse proxy in front that has the certificate.",
    );
  }
  const port = options.port ?? (isLoopback(url.hostname) && url.port !== "" ? Number(url.port) : defaultPort);
  return { host: options.host ?? "127.0.0.1", port, issuer: issuer.replace(/\/$/, "") };
}

function parseUrl(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
