import { isLoopback } from "../address.ts";
import { usageError } from "../cli-error.ts";
import type { Target } from "./exchange.ts";

export interface RequestOptions {
  method: string;
  path?: string;
  header?: string[];
  body?: string;
  /** Seconds. */
  timeout: number;
}

/**
 * The request that every token is sent with.
 *
 * @throws {CliError} for what is no address of an API, and for headers that are none
 */
export function targetFrom(text: string, options: RequestOptions): Target {
  const url = addressFrom(text);
  if (options.path !== undefined) {
    const whole = new URL(options.path, url);
    if (whole.origin !== url.origin) {
      throw usageError(
        "path_invalid",
        "--path leads to another host.",
        "write a path, such as --path /books.",
      );
    }
    url.pathname = whole.pathname;
    url.search = whole.search;
  }
  const headers = Object.fromEntries((options.header ?? []).map(headerFrom));
  if (options.body !== undefined) headers["content-type"] ??= "application/json";
  const method = options.method.toUpperCase();
  if (!/^[A-Z]{3,10}$/.test(method)) {
    throw usageError(
      "method_invalid",
      `'${options.method}' is no HTTP method.`,
      "write --method GET or another one.",
    );
  }
  if (options.body !== undefined && (method === "GET" || method === "HEAD")) {
    throw usageError("body_not_allowed", `A request with ${method} has no body.`, "add --method POST.");
  }
  return {
    ...{ url, method, headers, timeout: options.timeout * 1000 },
    ...(options.body !== undefined && { body: options.body }),
  };
}

/** A real token must not cross a network in the clear. @throws {CliError} */
export function requireSafeForRealTokens({ url }: Target): void {
  if (url.protocol === "https:" || isLoopback(url.hostname)) return;
  throw usageError(
    "token_in_the_clear",
    `${url.host} is neither https nor on this machine: a real token would cross the network in the clear.`,
    "use the https address, or tokens of a test issuer: --test-issuer 4310.",
  );
}

function addressFrom(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw usageError(
      "url_invalid",
      "This is no address of an API.",
      "write it whole: hallpass probe http://localhost:4301/books",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw usageError("url_invalid", "The address has a user name or a password in it.", "leave them out.");
  }
  url.hash = "";
  return url;
}

function headerFrom(line: string): [string, string] {
  const [, name = "", value = ""] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
  if (name === "") {
    throw usageError(
      "header_invalid",
      "A header of --header is not 'Name: value'.",
      "write --header 'X-Api-Version: 2'.",
    );
  }
  if (name.toLowerCase() === "authorization") {
    throw usageError("header_invalid", "The probe writes the Authorization header itself.", "leave it out.");
  }
  return [name.toLowerCase(), value];
}
