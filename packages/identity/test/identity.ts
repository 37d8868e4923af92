import { createHash, randomBytes } from "node:crypto";
import type { Identity, IdentityEvent, IdentityOptions } from "../src/identity.ts";
import { createIdentity } from "../src/server.ts";
import type { HallpassConfig } from "../src/settings/index.ts";
import { type Browser, type BrowserOptions, createBrowser, type Page } from "./browser.ts";

export const AUDIENCE = "https://api.bookstore.example";
export const OTHER_AUDIENCE = "warehouse";
export const CLIENT_ID = "bookstore-web";
export const REDIRECT_URI = "http://localhost:4302/callback";
export const HOME = "http://localhost:4302/";
export const ORIGIN = "http://localhost:4302";
export const PASSWORD = "seven maples under the hill";
export const CONTROL_SECRET = "a-secret-that-only-this-test-knows";

/** Two people, two organizations, two APIs, two applications. */
export const CONFIG: HallpassConfig = {
  permissions: { "create:books": "Add a book", "read:books": "See the books" },
  roles: {
    editor: { name: "Editor", permissions: ["create:books", "read:books"] },
    reader: { permissions: ["read:books"] },
  },
  flags: {
    theme: { type: "string", value: "sand" },
    beta: { type: "boolean", value: false },
    shelves: { type: "integer", value: 3 },
  },
  organizations: [
    { code: "org_bookstore", name: "The Bookstore", flags: { beta: true } },
    { code: "org_library", name: "The Library" },
  ],
  users: [
    {
      email: "ada@example.com",
      password: PASSWORD,
      givenName: "Ada",
      familyName: "Lovelace",
      picture: "https://images.example.com/ada.png",
      organizations: [
        { code: "org_bookstore", roles: ["editor"] },
        { code: "org_library", roles: ["reader"] },
      ],
    },
    {
      email: "bob@example.com",
      password: PASSWORD,
      givenName: "Bob",
      familyName: "Babbage",
      organizations: [{ code: "org_bookstore", roles: ["reader"] }],
    },
  ],
  apis: [{ audience: AUDIENCE, name: "Bookstore", scopes: ["books:read"] }, { audience: OTHER_AUDIENCE }],
  applications: [
    {
      clientId: CLIENT_ID,
      name: "Bookstore",
      type: "spa",
      redirectUris: [REDIRECT_URI, ORIGIN],
      postLogoutRedirectUris: [HOME],
      homeUri: HOME,
    },
    {
      clientId: "other-web",
      name: "Other",
      type: "spa",
      redirectUris: ["http://localhost:4309/callback"],
      postLogoutRedirectUris: ["http://localhost:4309/bye"],
    },
  ],
  defaults: { organization: "org_bookstore", roles: ["reader"] },
};

export interface RunningIdentity {
  identity: Identity;
  issuer: string;
  events: IdentityEvent[];
  browser(options?: BrowserOptions): Browser;
}

/** A server in development mode on a free port, which the test closes. */
export async function startIdentity(options: Partial<IdentityOptions> = {}): Promise<RunningIdentity> {
  const events: IdentityEvent[] = [];
  const identity = await createIdentity({
    config: CONFIG,
    dataDir: ":memory:",
    mode: "development",
    port: 0,
    log: (event) => events.push(event),
    ...options,
  });
  await identity.listen();
  return { identity, issuer: identity.issuer, events, browser: createBrowser };
}

/** What an application sends and remembers for one sign-in. */
export interface AuthorizationRequest {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

export function authorizationRequest(
  issuer: string,
  parameters: Record<string, string | string[] | undefined> = {},
): AuthorizationRequest {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(8).toString("hex");
  const nonce = randomBytes(8).toString("hex");
  const url = new URL("/oauth2/auth", issuer);
  const all = {
    client_id: CLIENT_ID,
    response_type: "code",
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email offline",
    audience: AUDIENCE,
    state,
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) url.searchParams.append(name, each);
    }
  }
  return { url: url.href, verifier, state, nonce };
}

/** From an authorization request to the address that the browser is sent back to. */
export async function signIn(
  browser: Browser,
  request: AuthorizationRequest,
  credentials: { email: string; password: string } = { email: "ada@example.com", password: PASSWORD },
): Promise<URL> {
  const page = await browser.open(request.url);
  if (page.leftFor) return page.leftFor;
  return arrived(await browser.submit(page, credentials));
}

/** The address that a page led to, elsewhere. */
export function arrived(page: Page): URL {
  if (!page.leftFor) throw new Error(`Still at ${page.url} (${page.status}): ${page.html.slice(0, 3000)}`);
  return page.leftFor;
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & {
    access_token: string;
    id_token: string;
    refresh_token: string;
    expires_in: number;
    scope: string;
    error?: string;
    error_description?: string;
  };
}

/** A request of the token endpoint, as an application's page sends it. */
export async function tokenRequest(
  issuer: string,
  form: Record<string, string | undefined>,
  init: { browser?: Browser; headers?: Record<string, string> } = {},
): Promise<TokenAnswer> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries({ client_id: CLIENT_ID, ...form })) {
    if (value !== undefined) body.append(name, value);
  }
  const send = init.browser?.send ?? fetch;
  const response = await send(`${issuer}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN, ...init.headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

export async function exchange(
  issuer: string,
  request: AuthorizationRequest,
  callback: URL,
  form: Record<string, string> = {},
  init: { browser?: Browser; headers?: Record<string, string> } = {},
): Promise<TokenAnswer> {
  return await tokenRequest(
    issuer,
    {
      grant_type: "authorization_code",
      code: callback.searchParams.get("code") ?? "",
      redirect_uri: REDIRECT_URI,
      code_verifier: request.verifier,
      ...form,
    },
    init,
  );
}

export async function refresh(
  issuer: string,
  refreshToken: string | undefined,
  form: Record<string, string> = {},
  init: { browser?: Browser; headers?: Record<string, string> } = {},
): Promise<TokenAnswer> {
  return await tokenRequest(
    issuer,
    { grant_type: "refresh_token", refresh_token: refreshToken, ...form },
    init,
  );
}

/** Signs in and exchanges the code, all in one. */
export async function tokensFor(
  running: RunningIdentity,
  parameters: Record<string, string | string[] | undefined> = {},
  browser: Browser = running.browser(),
  email = "ada@example.com",
): Promise<TokenAnswer> {
  const request = authorizationRequest(running.issuer, parameters);
  const callback = await signIn(browser, request, { email, password: PASSWORD });
  return await exchange(running.issuer, request, callback);
}

/** Fills in the registration form, or the fields of it that a test does not care about. */
export function newcomer(email: string, more: Record<string, string> = {}): Record<string, string> {
  return { givenName: "Nora", familyName: "Bell", email, password: PASSWORD, ...more };
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
}

export function headerOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split(".")[0] ?? "", "base64url").toString("utf8"));
}
