import { AuthError, isAuthError } from "./auth-error.ts";
import { createIssuer } from "./issuer.ts";
import { parseUrl } from "./issuer-address.ts";
import { refuseUnknownOptions } from "./option-names.ts";
import type { ServerAuthOptions } from "./options.ts";
import { type ClientSettings, clientSettingsOf } from "./settings.ts";
import { createTokenEndpoint, type TokenEndpoint } from "./token-endpoint.ts";

/** Tokens for an application that acts in its own name. */
export interface MachineClient {
  /**
   * An access token: cached until shortly before it expires, one request however many callers.
   *
   * @param options `audience` replaces the configured one for this token
   * @throws {AuthError} `issuer_error`, `issuer_wrong`, `issuer_unreachable`, `not_supported`
   */
  getToken(options?: MachineTokenOptions): Promise<string>;
  /**
   * `fetch` with the token, for the listed origins only. Follows no redirect; after a 401 it renews the token and sends
   * the request once more, if its body can be sent twice.
   *
   * @throws {AuthError} also `origin_not_allowed`, `api_redirected`
   */
  fetch(input: string | URL | Request, init?: RequestInit & MachineTokenOptions): Promise<Response>;
}

export interface MachineTokenOptions {
  readonly audience?: string | undefined;
}

/** What {@link createMachineClient} takes. What is left out comes from the same variables as in `createServerAuth`. */
export interface MachineClientOptions
  extends Pick<
    ServerAuthOptions,
    "issuer" | "clientId" | "clientSecret" | "audience" | "scope" | "fetch" | "clock"
  > {
  /**
   * The origins that `fetch` sends the token to, such as `https://api.example.com`. Default: those of the audiences that
   * are https addresses.
   */
  readonly origins?: readonly string[] | undefined;
}

/** A token and the moments of its life, in milliseconds since 1970. */
interface CachedToken {
  readonly token: string;
  readonly renewFrom: number;
  readonly until: number;
}

/** So many audiences have a token at hand; nobody needs more, and what callers pass must not fill the memory. */
const MOST_AUDIENCES = 100;

/**
 * Makes a client for the client credentials grant (RFC 6749 section 4.4): jobs, workers and servers that call an API in
 * their own name.
 *
 * @throws {AuthError} `option_invalid`
 */
export function createMachineClient(options: MachineClientOptions = {}): MachineClient {
  refuseUnknownOptions(options, ["origins"]);
  const settings = clientSettingsOf(options, { needsOpenid: false });
  if (settings.clientSecret === undefined) {
    throw new AuthError(
      "option_invalid",
      "clientSecret is missing; expected the application's secret: pass clientSecret, or set HALLPASS_CLIENT_SECRET or KINDE_CLIENT_SECRET",
    );
  }
  return machineClientOf(settings, createTokenEndpoint(settings, createIssuer(settings)), options.origins);
}

/** The same on a token endpoint that is there already. */
export function machineClientOf(
  settings: ClientSettings,
  endpoint: TokenEndpoint,
  wantedOrigins?: readonly string[],
): MachineClient {
  const { now } = settings;
  const origins = originsOf(wantedOrigins ?? settings.audience?.split(" ").filter(isHttps) ?? []);
  const cache = new Map<string, CachedToken>();
  const running = new Map<string, Promise<CachedToken>>();

  async function request(audience: string): Promise<CachedToken> {
    const { accessToken, lifetime } = await endpoint.clientCredentials(audience || undefined);
    const until = now() + lifetime;
    const cached = {
      token: accessToken,
      renewFrom: until - Math.min(60_000, lifetime / 4),
      until: until - Math.min(5_000, lifetime / 10),
    };
    if (cache.size >= MOST_AUDIENCES) cache.delete(cache.keys().next().value ?? "");
    cache.set(audience, cached);
    return cached;
  }

  function renew(audience: string): Promise<CachedToken> {
    let work = running.get(audience);
    if (work === undefined) {
      work = request(audience).finally(() => running.delete(audience));
      running.set(audience, work);
    }
    return work;
  }

  async function getToken({ audience = settings.audience ?? "" }: MachineTokenOptions = {}): Promise<string> {
    if (settings.clientSecret === undefined) {
      throw new AuthError("not_supported", "an application without clientSecret has no tokens of its own");
    }
    const cached = cache.get(audience);
    if (cached === undefined || now() >= cached.until) return (await renew(audience)).token;
    // Nobody waits while the token of before is still good.
    if (now() >= cached.renewFrom) renew(audience).catch(() => {});
    return cached.token;
  }

  /** A token that an API has refused is not handed out again. */
  function forget(audience: string, token: string): void {
    if (cache.get(audience)?.token === token) cache.delete(audience);
  }

  async function send(request: Request, token: string): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${token}`);
    const response = await (settings.fetch ?? fetch)(new Request(request, { headers, redirect: "manual" }));
    if (
      response.type === "opaqueredirect" ||
      (response.status >= 300 && response.status < 400 && response.headers.has("location"))
    ) {
      await response.body?.cancel();
      throw new AuthError(
        "api_redirected",
        "the API answered with a redirect, and the token is not sent along one",
      );
    }
    return response;
  }

  return {
    getToken,
    async fetch(input, { audience = settings.audience ?? "", ...init } = {}) {
      const request = new Request(input, init);
      const { origin } = new URL(request.url);
      if (!origins.has(origin)) {
        throw new AuthError(
          "origin_not_allowed",
          `${origin} gets no token; list it in origins: ${[...origins].join(", ") || "there are none"}`,
        );
      }
      const again = request.body === null ? request.clone() : undefined;
      const token = await getToken({ audience });
      const response = await send(request, token);
      if (response.status !== 401 || again === undefined) return response;
      forget(audience, token);
      const next = await getToken({ audience }).catch((error: unknown) => {
        if (isAuthError(error)) return undefined;
        throw error;
      });
      if (next === undefined || next === token) return response;
      await response.body?.cancel();
      return await send(again, next);
    },
  };
}

const isHttps = (text: string): boolean => parseUrl(text)?.protocol === "https:";

/** @throws {AuthError} `option_invalid` */
function originsOf(list: readonly string[]): ReadonlySet<string> {
  return new Set(
    list.map((text) => {
      const url = typeof text === "string" ? parseUrl(text) : undefined;
      if (url && /^https?:$/.test(url.protocol)) return url.origin;
      throw new AuthError(
        "option_invalid",
        `origins has ${JSON.stringify(text)}; expected addresses such as https://api.example.com`,
      );
    }),
  );
}
