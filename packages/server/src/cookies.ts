import { type AuthRequest, type AuthResponse, addCookie, headerOf } from "./auth-request.ts";

/** What an application calls its cookies, and how it sets them. */
export interface CookiePolicy {
  readonly session: string;
  /** The cookies of sign-ins that are under way: as many as there are names, and never more. */
  readonly signIns: readonly string[];
  readonly secure: boolean;
}

/** Together with a session of two cookies they stay below what servers take of headers (16 kB in Node). */
const SIGN_INS_AT_ONCE = 4;

/**
 * With https, `__Host-` cookies: no subdomain and no http page can plant one (RFC 6265bis section 4.1.3.2). On
 * localhost, where not all browsers keep those, their names have the port, because all ports of a host share cookies.
 */
export function cookiePolicy({ protocol, port }: URL): CookiePolicy {
  const secure = protocol === "https:";
  const name = secure ? "__Host-hallpass" : `hallpass-${port || "80"}`;
  return {
    session: name,
    signIns: Array.from({ length: SIGN_INS_AT_ONCE }, (_, slot) => `${name}-sign-in-${slot}`),
    secure,
  };
}

/** The cookies of one request, and those that its answer sets. */
export interface CookieJar {
  get(name: string): string | undefined;
  /** @param maxAge in seconds */
  set(name: string, value: string, maxAge: number): void;
  delete(name: string): void;
  /** `Set-Cookie` values, the last one of each name. */
  readonly pending: readonly string[];
  /** Hands over to the answer what is set, now and later. */
  attach(response: AuthResponse): void;
}

export function cookieJar(request: AuthRequest, { secure }: CookiePolicy): CookieJar {
  const values = parse(headerOf(request, "cookie") ?? "");
  const pending = new Map<string, string>();
  const responses = new Set<AuthResponse>();

  function write(name: string, value: string, maxAge: number): void {
    const cookie = `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAge)}${secure ? "; Secure" : ""}`;
    pending.set(name, cookie);
    for (const response of responses) addCookie(response, cookie);
  }

  return {
    get: (name) => values.get(name),
    set(name, value, maxAge) {
      values.set(name, value);
      write(name, value, maxAge);
    },
    delete(name) {
      if (!values.delete(name)) return;
      write(name, "", 0);
    },
    get pending() {
      return [...pending.values()];
    },
    attach(response) {
      if (responses.has(response)) return;
      responses.add(response);
      for (const cookie of pending.values()) addCookie(response, cookie);
    },
  };
}

/** RFC 6265 section 4.2.1. Of two with one name the first counts: it has the longer path. */
function parse(header: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0) continue;
    const name = pair.slice(0, at).trim();
    if (!values.has(name)) values.set(name, pair.slice(at + 1).trim());
  }
  return values;
}
