import type { IncomingMessage } from "node:http";
import { CONTROL_PATH } from "./control/control-routes.ts";

export interface EarlyAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const LOOPBACK = /^(localhost|[\w-]+(\.[\w-]+)*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Whether a host name (IPv6 in brackets) can only be this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** What only this machine's own pages may see. */
const DEVELOPMENT_ONLY = new Set(["/", CONTROL_PATH]);

/**
 * What development answers before anything else. Its own pages refuse a foreign Host, because a name on the web
 * can be made to point at this machine (DNS rebinding). And somebody who typed 127.0.0.1 is led to localhost:
 * to a browser those are two sites, and the cookies of one are not sent to the other.
 */
export function developmentAnswer(
  request: IncomingMessage,
  path: string,
  address: string,
): EarlyAnswer | undefined {
  const hostname = URL.parse(`http://${request.headers.host ?? ""}`)?.hostname ?? "";
  if (DEVELOPMENT_ONLY.has(path) && !isLoopback(hostname)) {
    return {
      status: 403,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: `This page is for this machine only: open ${address}${path}\n`,
    };
  }
  const own = new URL(address);
  const { accept = "", "sec-fetch-mode": fetchMode } = request.headers;
  const navigates = request.method === "GET" && (fetchMode === "navigate" || accept.includes("text/html"));
  if (navigates && hostname !== own.hostname && isLoopback(hostname) && request.url?.startsWith("/")) {
    return { status: 307, headers: { location: `${address}${request.url}` }, body: "" };
  }
  return undefined;
}
