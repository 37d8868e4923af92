import { isSafe } from "@hallpass/client/server";
import { AuthError } from "./auth-error.ts";
import { type Found, howToSet, type OptionFromEnvironment, optionOrVariable } from "./environment.ts";
import { issuerAddress, parseUrl } from "./issuer-address.ts";
import { refuseUnknownOptions } from "./option-names.ts";
import type { GrantType, ServerAuthOptions } from "./options.ts";
import type { SessionStore } from "./session-store.ts";

/** What is needed to ask an issuer for tokens. */
export interface ClientSettings {
  /** The issuer's address without a final slash. */
  readonly address: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Several are separated by a space. */
  readonly audience: string | undefined;
  readonly scope: string | undefined;
  readonly fetch: typeof fetch | undefined;
  readonly now: () => number;
}

/** The options, checked and made whole. */
export interface Settings extends ClientSettings {
  readonly grantType: GrantType;
  /** As it is registered, to the letter. Absent with `client_credentials`. */
  readonly redirectUri: string | undefined;
  /** As it is registered, to the letter. */
  readonly postLogoutRedirectUri: string;
  readonly basePath: string;
  readonly orgCode: string | undefined;
  readonly dialect: ServerAuthOptions["dialect"];
  readonly store: SessionStore | "cookie" | undefined;
  /** None if there is nothing to derive a key from. */
  readonly sessionSecrets: readonly string[];
  /** Milliseconds. */
  readonly idle: number;
  readonly absolute: number;
  readonly warn: (message: string) => void;
}

const GRANT_TYPES = ["authorization_code", "authorization_code_with_pkce", "client_credentials"];
const DAY_S = 86_400;
/** Browsers keep no cookie for longer (RFC 6265bis section 5.5). */
const LONGEST_S = 400 * DAY_S;
/** Below, a key that is derived from it could be guessed. */
const SHORTEST_SECRET = 32;
const MOST_SECRETS = 5;

/** @throws {AuthError} `option_invalid` naming the option, what was found and what was expected */
export function settingsOf(options: ServerAuthOptions): Settings {
  if (typeof options !== "object" || options === null) throw invalid("the options", "missing", "an object");
  refuseUnknownOptions(options);
  const grantType = (text(options, "grantType") ?? "authorization_code") as GrantType;
  if (!GRANT_TYPES.includes(grantType)) {
    throw invalid(optionOrVariable(options, "grantType").name, grantType, GRANT_TYPES.join(", "));
  }
  const machine = grantType === "client_credentials";
  const client = clientSettingsOf(options, { needsOpenid: !machine });
  if (machine && client.clientSecret === undefined) {
    throw invalid("clientSecret", undefined, `the application's secret: ${howToSet("clientSecret")}`);
  }
  const redirectUri = machine ? undefined : address(options, "redirectUri", true);
  const home = redirectUri === undefined ? client.address : new URL(redirectUri).origin;
  const store = storeOf(options.store);
  const sessionSecrets = secretsOf(options, client.clientSecret);
  if (!machine && sessionSecrets.length === 0 && store !== undefined) {
    throw invalid(
      "sessionSecret",
      undefined,
      `at least ${SHORTEST_SECRET} random characters, because there is no client secret of that length to derive a key from: ${howToSet("sessionSecret")}`,
    );
  }
  return {
    ...client,
    grantType,
    redirectUri,
    postLogoutRedirectUri: address(options, "postLogoutRedirectUri", false) ?? home,
    basePath: basePathOf(options.basePath),
    orgCode: text(options, "orgCode"),
    dialect: options.dialect,
    store,
    sessionSecrets,
    ...lifetimeOf(options.lifetime),
    warn: functionOf(options.onWarning, "onWarning") ?? warnOfProcess,
  };
}

/** @throws {AuthError} `option_invalid` */
export function clientSettingsOf(
  options: ServerAuthOptions,
  { needsOpenid }: { needsOpenid: boolean },
): ClientSettings {
  const issuer = required(options, "issuer", "the issuer's address, such as https://yourapp.kinde.com");
  const found = issuerAddress(`${issuer.value}`);
  if (found === undefined) {
    throw invalid(issuer.name, issuer.value, "an https address, or http on localhost, and nothing after it");
  }
  const clientId = required(options, "clientId", "the application's client id");
  const clientSecret = text(options, "clientSecret");
  // `clientSecret: process.env.SECRET` with a misspelt name would make a public client of this application.
  if (clientSecret === undefined && "clientSecret" in options) {
    throw invalid("clientSecret", undefined, "the application's secret; leave the option out if it has none");
  }
  const scope = text(options, "scope");
  if (needsOpenid && scope !== undefined && !/(^| )openid( |$)/.test(scope)) {
    throw invalid(optionOrVariable(options, "scope").name, scope, "words that include openid");
  }
  return {
    address: found,
    clientId: `${clientId.value}`,
    clientSecret,
    audience: audienceOf(optionOrVariable(options, "audience")),
    scope,
    fetch: functionOf(options.fetch, "fetch"),
    now: functionOf(options.clock, "clock") ?? Date.now,
  };
}

function invalid(name: string, found: unknown, expected: string): AuthError {
  const shown = found === undefined ? "missing" : `${JSON.stringify(found)}`.slice(0, 120);
  return new AuthError("option_invalid", `${name} is ${shown}; expected ${expected}`);
}

/** A text that is not empty, or nothing. Its value is not shown: it may be a secret. */
function text(options: ServerAuthOptions, option: OptionFromEnvironment): string | undefined {
  const { value, name } = optionOrVariable(options, option);
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new AuthError(
    "option_invalid",
    `${name} is ${value === "" ? "empty" : `of type ${typeof value}`}; expected a text that is not empty`,
  );
}

function required(options: ServerAuthOptions, option: OptionFromEnvironment, what: string): Found {
  if (text(options, option) !== undefined) return optionOrVariable(options, option);
  throw invalid(option, undefined, `${what}: ${howToSet(option)}`);
}

/** Issuers compare addresses to the letter, so they stay as they are written. */
function address(
  options: ServerAuthOptions,
  option: "redirectUri" | "postLogoutRedirectUri",
  needed: boolean,
): string | undefined {
  const value = text(options, option);
  const { name } = optionOrVariable(options, option);
  const what = "a whole https address, or http on localhost, without '#'";
  if (value === undefined) {
    if (!needed) return undefined;
    throw invalid(
      name,
      undefined,
      `${what}, such as https://app.example.com/api/auth/callback: ${howToSet(option)}`,
    );
  }
  const url = parseUrl(value);
  if (url && isSafe(url) && !url.hash && !url.username && !url.password) return value;
  throw invalid(name, value, what);
}

function audienceOf({ value, name }: Found): string | undefined {
  const list = typeof value === "string" ? value.split(" ") : (value ?? []);
  const good = Array.isArray(list) && list.every((each) => typeof each === "string" && /^\S+$/.test(each));
  if (!good) throw invalid(name, value, "the name of an API or a list of them, none of them empty");
  return list.join(" ") || undefined;
}

function secretsOf(options: ServerAuthOptions, clientSecret: string | undefined): readonly string[] {
  const { value, name } = optionOrVariable(options, "sessionSecret");
  if (value === undefined) {
    return clientSecret !== undefined && clientSecret.length >= SHORTEST_SECRET ? [clientSecret] : [];
  }
  const list: unknown = typeof value === "string" ? value.split(" ").filter(Boolean) : value;
  if (
    Array.isArray(list) &&
    list.length > 0 &&
    list.length <= MOST_SECRETS &&
    list.every((each) => typeof each === "string" && each.length >= SHORTEST_SECRET)
  ) {
    return list;
  }
  throw new AuthError(
    "option_invalid",
    `${name} is too short, or too many; expected up to ${MOST_SECRETS} texts of at least ${SHORTEST_SECRET} random characters each, such as 'openssl rand -hex 32' prints`,
  );
}

const storeFunctions = [
  "get",
  "set",
  "touch",
  "delete",
  "lock",
  "unlock",
  "listByUser",
  "listBySid",
  "deleteByUser",
] as const satisfies readonly (keyof SessionStore)[];

function storeOf(store: unknown): SessionStore | "cookie" | undefined {
  if (store === undefined || store === "cookie") return store;
  const missing = storeFunctions.filter(
    (name) => typeof (store as Record<string, unknown> | null)?.[name] !== "function",
  );
  if (typeof store === "object" && missing.length === 0) return store as SessionStore;
  throw new AuthError(
    "option_invalid",
    typeof store === "object" && store !== null
      ? `store lacks ${missing.join(", ")}; expected sqliteStore(…), postgresStore(…), redisStore(…) or an object with the same functions`
      : `store is ${JSON.stringify(store)}; expected "cookie", sqliteStore(…), postgresStore(…) or redisStore(…)`,
  );
}

function lifetimeOf({ idle = DAY_S, absolute = 30 * DAY_S }: ServerAuthOptions["lifetime"] & object = {}): {
  idle: number;
  absolute: number;
} {
  for (const [name, value] of Object.entries({ idle, absolute })) {
    if (typeof value === "number" && value >= 1 && value <= LONGEST_S) continue;
    throw invalid(`lifetime.${name}`, value, `a number of seconds from 1 to ${LONGEST_S}`);
  }
  return { idle: Math.round(Math.min(idle, absolute) * 1000), absolute: Math.round(absolute * 1000) };
}

function basePathOf(path: unknown = "/api/auth"): string {
  if (typeof path === "string" && /^(\/[\w.~-]+)+$/.test(path)) return path;
  throw invalid("basePath", path, "a path such as /api/auth, without a final slash");
}

function functionOf<T>(value: T | undefined, name: string): T | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new AuthError("option_invalid", `${name} is of type ${typeof value}; expected a function`);
}

function warnOfProcess(message: string): void {
  if (typeof globalThis.process?.emitWarning === "function") process.emitWarning(message, "HallpassWarning");
  else console.warn(message);
}
