import { afterEach, expect, test } from "vitest";
import { formOf } from "../test/browser.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  CONTROL_SECRET,
  claimsOf,
  HOME,
  ORIGIN,
  PASSWORD,
  REDIRECT_URI,
  startIdentity,
} from "../test/identity.ts";
import { freePort } from "../test/processes.ts";
import { type RawAnswer, type RawRequest, rawRequest } from "../test/raw-request.ts";
import type { Identity, IdentityOptions } from "./identity.ts";

const FORGED = {
  host: "evil.example",
  forwarded: "for=evil.example;host=evil.example;proto=https",
  "x-forwarded-host": "evil.example",
  "x-forwarded-server": "evil.example",
  "x-forwarded-proto": "https",
  "x-forwarded-scheme": "https",
  "x-forwarded-port": "6666",
  "x-forwarded-prefix": "/evil",
  "x-forwarded-for": "evil.example, 203.0.113.66",
  "x-original-host": "evil.example",
  "x-original-url": "/evil",
  "x-rewrite-url": "/evil",
  "x-host": "evil.example",
  "x-url-scheme": "https",
};

let running: Identity | undefined;
afterEach(async () => {
  await running?.close();
});

/** Everything that an answer says, with what is inside its tokens. */
function contents({ headers, body }: RawAnswer): string {
  const jwts = body.match(/ey[\w-]+\.ey[\w-]+\.[\w-]+/g) ?? [];
  return JSON.stringify([headers, body, jwts.map(claimsOf)]);
}

/** Somebody whose every request is forged, and who keeps cookies. Checks each answer. */
function visitor(issuer: string) {
  const cookies = new Map<string, string>();
  const seen: string[] = [];
  async function send(path: string, init: RawRequest = {}): Promise<RawAnswer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", ...(cookie ? { cookie } : {}), ...init.headers, ...FORGED };
    const answer = await rawRequest(issuer, path, { ...init, headers });
    for (const each of answer.headers["set-cookie"] ?? []) {
      const [pair = ""] = each.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      expect(each, path).not.toMatch(/domain=|secure/i);
    }
    const said = contents(answer);
    expect(said, path).not.toMatch(/evil|6666|203\.0\.113/);
    // An absolute address is the issuer's, or one that is registered.
    const addresses = said.match(/https?:\/\/[\w.[\]:-]+/g) ?? [];
    for (const address of addresses) {
      const known = [issuer, ORIGIN, "https://api.bookstore.example", "http://www.w3.org"];
      expect(known, `${path}: ${address}`).toContain(address);
    }
    expect(answer.status, path).toBeLessThan(500);
    seen.push(`${init.method ?? (init.form ? "POST" : "GET")} ${path.split("?")[0]} ${answer.status}`);
    return answer;
  }
  /** Follows redirects within the issuer. */
  async function open(path: string, init: RawRequest = {}): Promise<RawAnswer & { path: string }> {
    let at = path;
    let answer = await send(path, init);
    for (;;) {
      const { location } = answer.headers;
      if (location === undefined) return { ...answer, path: at };
      const next = new URL(String(location), issuer);
      if (next.origin !== issuer) return { ...answer, path: next.href };
      at = next.pathname + next.search;
      answer = await send(at);
    }
  }
  return { send, open, seen, cookies };
}

const production = async (): Promise<Partial<IdentityOptions>> => {
  const port = await freePort();
  return { mode: "production", port, issuer: `http://localhost:${port}`, trustProxy: true };
};

test.each([
  ["development", async () => ({ control: { secret: CONTROL_SECRET } })],
  ["production behind a proxy", production],
])("%s: no answer of any route follows a forged Host or forwarding header", async (mode, options) => {
  const { identity, issuer } = await startIdentity({
    config: { ...CONFIG, users: [], applications: CONFIG.applications?.slice(0, 1) ?? [] },
    ...(await options()),
  });
  running = identity;
  const { send, open, seen } = visitor(issuer);
  const origin = { origin: issuer };
  const app = { accept: "application/json", origin: ORIGIN };

  for (const path of [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks",
    "/.well-known/jwks.json",
  ]) {
    const { body, status } = await send(path, { headers: app });
    expect(status).toBe(200);
    const metadata = JSON.parse(body) as Record<string, unknown>;
    for (const [name, value] of Object.entries(metadata)) {
      if (/(_endpoint|_uri|issuer)$/.test(name)) expect(String(value).startsWith(issuer)).toBe(true);
    }
    await send(path, { method: "OPTIONS", headers: { ...app, "access-control-request-method": "GET" } });
  }

  const request = authorizationRequest(issuer, { prompt: "create" });
  const { pathname, search, searchParams } = new URL(request.url);
  await send(pathname, { form: Object.fromEntries(searchParams) });
  const page = await open(pathname + search);
  expect(page.status).toBe(200);
  const { action, hidden } = formOf(page.body);
  const person = { email: "eve@example.com", password: PASSWORD, givenName: "Eve", familyName: "E" };
  const refused = await open(action, { form: { ...hidden, ...person, password: "x" }, headers: origin });
  expect(refused.status).toBe(200);
  const registered = await open(action, { form: { ...hidden, ...person }, headers: origin });
  const callback = new URL(registered.path);
  expect(callback.origin + callback.pathname).toBe(REDIRECT_URI);

  const post = (path: string, form: Record<string, string>) =>
    send(path, { form: { client_id: CLIENT_ID, ...form }, headers: app });
  const code = callback.searchParams.get("code") ?? "";
  const exchanged = await post("/oauth2/token", {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: request.verifier,
  });
  const tokens = JSON.parse(exchanged.body) as Record<string, string>;
  expect(claimsOf(tokens.access_token ?? "").iss).toBe(issuer);
  expect(claimsOf(tokens.id_token ?? "").iss).toBe(issuer);
  await post("/oauth2/token", { grant_type: "refresh_token", refresh_token: "unknown" });
  const cookieMode = { refresh_token_transport: "cookie", refresh_token: tokens.refresh_token ?? "" };
  await post("/oauth2/token", { grant_type: "refresh_token", ...cookieMode });
  for (const path of ["/oauth2/userinfo", "/oauth2/v2/user_profile"]) {
    await send(path, { headers: app });
    await send(path, { headers: { ...app, authorization: "Bearer unknown" } });
    const answer = await send(path, { headers: { ...app, authorization: `Bearer ${tokens.access_token}` } });
    expect(answer.status).toBe(200);
    await send(path, { method: "OPTIONS", headers: app });
  }
  await post("/oauth2/introspect", { token: tokens.access_token ?? "" });
  await post("/oauth2/introspect", { token: tokens.refresh_token ?? "" });

  for (const path of [
    "/oauth2/auth",
    "/oauth2/auth?client_id=unknown",
    `/oauth2/auth/${"x".repeat(21)}`,
    `/interaction/${"x".repeat(21)}`,
    "/healthz",
    "/nothing",
    "/%2e%2e/",
    "//nothing",
    `${issuer.replace("http", "https")}/.well-known/openid-configuration`,
    "/logout?post_logout_redirect_uri=https://nowhere.example/".replace("https://nowhere.example/", "/x"),
    "/_hallpass/control",
    "/",
  ]) {
    await send(path);
    await send(path, { headers: app });
    await send(path, { method: "DELETE", headers: app });
  }

  const silent = authorizationRequest(issuer, { prompt: "none" });
  const again = await open(new URL(silent.url).pathname + new URL(silent.url).search);
  expect(new URL(again.path).searchParams.get("code")).not.toBeNull();
  const target = encodeURIComponent(HOME);
  const asks = await open(`/logout?client_id=${CLIENT_ID}&post_logout_redirect_uri=${target}`);
  const confirm = formOf(asks.body);
  const left = await open(confirm.action, { form: { ...confirm.hidden, logout: "yes" }, headers: origin });
  expect(left.path).toBe(HOME);
  await send("/logout", { form: { client_id: CLIENT_ID } });
  expect((await open("/logout")).status).toBe(200);
  await post("/oauth2/revoke", { token: tokens.refresh_token ?? "" });

  const home = seen.find((each) => each.startsWith("GET / "));
  expect(home).toBe(mode === "development" ? "GET / 403" : "GET / 404");
});
