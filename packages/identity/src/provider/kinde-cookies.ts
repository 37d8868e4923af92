import type { IncomingMessage } from "node:http";
import { type Application, listApplications } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { originsOf } from "./client-registration.ts";
import { readCookie } from "./provider-cookies.ts";

/** The marker that Kinde's SDK looks for when a page loads: if it is there, the refresh cookie is worth a request. */
const MARKER = "_kbrte";

const REFRESH_COOKIE_PATH = "/oauth2/token";

/** Kinde names the cookie by the beginning of the client id. */
const SHORT_NAME = 6;

/**
 * The two cookies of Kinde's browser SDK. The refresh token is in one that no script reads and that goes to the token
 * endpoint only; the marker says nothing and is for every page of the application's host.
 */
export interface KindeCookies {
  /**
   * The refresh token that a page of this application has in its cookie. `undefined` as well when the request does not
   * come from one of the application's own origins: nothing may be refreshed for anybody else.
   */
  read(request: IncomingMessage, application: Application): Promise<string | undefined>;
  /** `Set-Cookie` for an answer to this request; nothing when its page could not see the marker. */
  keep(request: IncomingMessage, application: Application, token: string): Promise<string[]>;
  /** `Set-Cookie` that removes them, when a page of the application was refused what it asked for with them. */
  drop(request: IncomingMessage, application: Application): Promise<string[]>;
  /** `Set-Cookie` that removes those of all these applications. */
  forget(clientIds: Iterable<string>): Promise<string[]>;
}

export interface KindeCookiesOptions {
  issuer: string;
  db: Database;
  /** The domain that the server shares with the applications' pages, if it is not the same host. */
  cookieDomain: string | null;
  /** Seconds. */
  lifetime: number;
}

export function createKindeCookies(options: KindeCookiesOptions): KindeCookies {
  const { issuer, db, cookieDomain, lifetime } = options;
  const { hostname, protocol } = new URL(issuer);
  const secure = protocol === "https:" ? ["Secure"] : [];

  const refreshCookie = (name: string, token: string, maxAge: number) =>
    [
      `${name}=${token}`,
      `Path=${REFRESH_COOKIE_PATH}`,
      `Max-Age=${maxAge}`,
      "HttpOnly",
      "SameSite=Lax",
      ...secure,
    ].join("; ");

  const marker = (value: string, maxAge: number) =>
    [
      `${MARKER}=${value}`,
      "Path=/",
      ...(cookieDomain === null ? [] : [`Domain=${cookieDomain}`]),
      `Max-Age=${maxAge}`,
      "SameSite=Lax",
      ...secure,
    ].join("; ");

  /** Two applications whose ids begin alike would overwrite each other's: then the whole id is the name. */
  async function nameOf(clientId: string): Promise<string> {
    const short = clientId.slice(0, SHORT_NAME);
    const alike = (await listApplications(db)).filter((each) => each.clientId.startsWith(short));
    return `refresh_token_${alike.length > 1 ? clientId : short}`;
  }

  /** Whether a script at this origin reads the marker: cookies know no ports. */
  function seesMarker(origin: string): boolean {
    const host = new URL(origin).hostname;
    if (host === hostname) return true;
    return cookieDomain !== null && (host === cookieDomain || host.endsWith(`.${cookieDomain}`));
  }

  return {
    async read(request, application) {
      const { origin } = request.headers;
      if (!origin || !originsOf(application).includes(origin)) return undefined;
      return readCookie(request.headers.cookie, await nameOf(application.clientId));
    },

    async keep(request, application, token) {
      const { origin, "sec-fetch-site": site } = request.headers;
      if (!origin || !originsOf(application).includes(origin) || !seesMarker(origin)) return [];
      if (site === "cross-site") return [];
      return [refreshCookie(await nameOf(application.clientId), token, lifetime), marker("1", lifetime)];
    },

    async drop(request, application) {
      const { origin } = request.headers;
      if (!origin || !originsOf(application).includes(origin)) return [];
      const name = await nameOf(application.clientId);
      const others = (request.headers.cookie ?? "")
        .split(";")
        .some((pair) => pair.trim().startsWith("refresh_token_") && !pair.trim().startsWith(`${name}=`));
      // The marker is for all applications together.
      return [refreshCookie(name, "", 0), ...(others ? [] : [marker("", 0)])];
    },

    async forget(clientIds) {
      const names = await Promise.all([...clientIds].map(nameOf));
      return [...[...new Set(names)].map((name) => refreshCookie(name, "", 0)), marker("", 0)];
    },
  };
}
