import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { faultyProxy, type PassingAnswer } from "../../test/faulty-proxy.ts";
import { bookstore, project } from "../../test/project.ts";
import { hallpass, type Running, startHallpass } from "../../test/run-hallpass.ts";
import { type Handler, json, protectedBooks, smallApi } from "../../test/small-api.ts";
import { diagnose } from "./diagnose.ts";
import type { Fault } from "./finding.ts";
import type { Subject } from "./subject.ts";

const app = "http://localhost:4302";
const folder = project({
  ...bookstore,
  applications: bookstore.applications.map((each) => ({ ...each, postLogoutRedirectUris: [app] })),
});
const [{ audience = "" } = {}] = bookstore.apis;
let server: Running;
let issuer: string;
let token: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = startHallpass(["dev", "--port", "0", "--json"], { cwd: folder });
  issuer = JSON.parse(await server.ready).issuer;
  token = (await hallpass(["token", "--user", "ada@example.com"], { cwd: folder })).stdout.trim();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** An application whose every part fits the others, until one is changed. */
const whole = (changes: Partial<Subject> = {}): Subject => ({
  issuer,
  clientId: "bookstore-web",
  audience,
  appOrigin: app,
  redirectUri: app,
  postLogoutRedirectUri: app,
  ...changes,
});

/** The issuer with one thing wrong. */
async function spoiltIssuer(spoil: (answer: PassingAnswer) => PassingAnswer | false): Promise<string> {
  const proxy = await faultyProxy(issuer, spoil);
  open.push(proxy);
  return proxy.url;
}

/** Changes the JSON of one path. */
const changed =
  (path: string, change: (body: Record<string, unknown>) => object) =>
  (answer: PassingAnswer): PassingAnswer =>
    answer.path === path ? { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) } : answer;

const discovery = "/.well-known/openid-configuration";

async function apiOf(handler: Handler): Promise<URL> {
  const api = await smallApi(handler);
  open.push(api);
  return api.url;
}

/** A right API with one thing done differently. */
const booksBut =
  (change: Handler): Handler =>
  async (request, response) => {
    await change(request, response);
    if (!response.writableEnded) await protectedBooks({ issuer, audience }, app)(request, response);
  };

async function faults(subject: Subject): Promise<Fault[]> {
  const findings = await diagnose(subject);
  return findings.filter((finding): finding is Fault => "fix" in finding);
}

test("where everything fits, nothing is found", async () => {
  const api = await apiOf(protectedBooks({ issuer, audience }, app));
  const findings = await diagnose(whole({ api, token }));
  expect(findings.filter(({ status }) => status !== "ok").map(({ code }) => code)).toEqual([
    // A token from the command line has no sign-in behind it.
    "refresh_not_granted",
  ]);
});

test("what is not given is not looked at, and said", async () => {
  const findings = await diagnose({ issuer });
  const skipped = findings.filter(({ status }) => status === "skipped").map(({ part }) => part);
  expect(new Set(skipped)).toEqual(new Set(["application", "browser", "token", "api"]));
  expect(findings.some(({ status }) => status === "problem")).toBe(false);
});

/** What is planted, the code under which it is found, and what its fix must name. */
const planted: [fault: string, code: string, fix: RegExp, subject: () => Subject | Promise<Subject>][] = [
  ["an issuer that is no address", "issuer_address", /https:\/\//, () => whole({ issuer: "your app" })],
  [
    "an issuer over http elsewhere",
    "issuer_insecure",
    /https:\/\/id\.example/,
    () => whole({ issuer: "http://id.example" }),
  ],
  [
    "an issuer that nobody answers for",
    "discovery",
    /port/,
    () => whole({ issuer: "http://localhost:1024" }),
  ],
  [
    "an issuer whose host does not exist",
    "discovery",
    /spelling/,
    () => whole({ issuer: "https://nobody.invalid" }),
  ],
  [
    "an issuer that hangs up",
    "discovery",
    /up/,
    async () => whole({ issuer: await spoiltIssuer(() => false) }),
  ],
  [
    "a web page where the issuer should be",
    "discovery",
    /no issuer|page/,
    async () => whole({ issuer: await spoiltIssuer((answer) => ({ ...answer, body: "<h1>Welcome</h1>" })) }),
  ],
  [
    "an issuer without discovery",
    "discovery",
    /path/,
    async () => whole({ issuer: await spoiltIssuer((answer) => ({ ...answer, status: 404 })) }),
  ],
  [
    "an issuer that moved",
    "discovery",
    /https:\/\/login\.example/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) => ({
          ...answer,
          status: 301,
          headers: { location: "https://login.example/.well-known/openid-configuration" },
        })),
      }),
  ],
  [
    "an issuer behind a custom domain",
    "issuer_name",
    /https:\/\/auth\.example/,
    async () =>
      whole({
        issuer: await spoiltIssuer(
          changed(discovery, (body) => ({ ...body, issuer: "https://auth.example" })),
        ),
      }),
  ],
  [
    "a clock that is wrong",
    "clock",
    /NTP/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) => ({
          ...answer,
          headers: { ...answer.headers, date: new Date(Date.now() - 3_600_000).toUTCString() },
        })),
      }),
  ],
  [
    "an issuer without PKCE",
    "pkce",
    /S256/,
    async () =>
      whole({
        issuer: await spoiltIssuer(
          changed(discovery, (body) => ({ ...body, code_challenge_methods_supported: ["plain"] })),
        ),
      }),
  ],
  [
    "an issuer without the code flow",
    "code_flow",
    /code flow/,
    async () =>
      whole({
        issuer: await spoiltIssuer(
          changed(discovery, (body) => ({ ...body, response_types_supported: ["id_token"] })),
        ),
      }),
  ],
  [
    "an issuer without refresh tokens",
    "refresh_tokens",
    /offline_access/,
    async () =>
      whole({
        issuer: await spoiltIssuer(
          changed(discovery, (body) => ({ ...body, grant_types_supported: ["authorization_code"] })),
        ),
      }),
  ],
  [
    "a discovery document that pages may not read",
    "discovery_cors",
    /origins/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) => {
          const { "access-control-allow-origin": _, ...headers } = answer.headers;
          return answer.path === discovery ? { ...answer, headers } : answer;
        }),
      }),
  ],
  [
    "keys that are down",
    "keys",
    /503/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) =>
          answer.path.startsWith("/.well-known/jwks") ? { ...answer, status: 500, body: "" } : answer,
        ),
      }),
  ],
  [
    "keys that check no signature",
    "keys",
    /RS256/,
    async () =>
      whole({ issuer: await spoiltIssuer(changed("/.well-known/jwks", () => ({ keys: [{ kty: "oct" }] }))) }),
  ],
  [
    "keys of an algorithm that is not accepted by default",
    "algorithm",
    /ES256/,
    async () =>
      whole({
        issuer: await spoiltIssuer(
          changed("/.well-known/jwks", () => ({
            keys: [{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" }],
          })),
        ),
      }),
  ],
  ["a client id that is wrong", "client_unknown", /client id/, () => whole({ clientId: "bookstore" })],
  [
    "an application that needs a secret",
    "client_unknown",
    /single-page app/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) =>
          answer.path === "/oauth2/token"
            ? {
                ...answer,
                status: 400,
                body: JSON.stringify({
                  error: "invalid_request",
                  error_description: "client_secret is missing.",
                }),
              }
            : answer,
        ),
      }),
  ],
  [
    "a logout address that leads to a page about an error",
    "logout_uri_unregistered",
    /logout URL/,
    async () =>
      whole({
        issuer: await spoiltIssuer((answer) =>
          answer.path === "/logout"
            ? { ...answer, status: 302, headers: { location: "/error?error=redirect_mismatch" } }
            : answer,
        ),
      }),
  ],
  [
    "a redirect URI that is not registered",
    "redirect_uri_unregistered",
    /http:\/\/localhost:4302\/callback/,
    () => whole({ redirectUri: `${app}/callback` }),
  ],
  [
    "a logout address that is not registered",
    "logout_uri_unregistered",
    /http:\/\/localhost:4302\/bye/,
    () => whole({ postLogoutRedirectUri: `${app}/bye` }),
  ],
  [
    "a token endpoint that pages may not read",
    "token_cors",
    /http:\/\/localhost:5173/,
    () => whole({ appOrigin: "http://localhost:5173" }),
  ],
  [
    "an audience that is not registered",
    "audience_unregistered",
    /letter by letter/,
    () => whole({ audience: "https://api.bookshop.example" }),
  ],
  [
    "no way to sign out at the issuer",
    "logout",
    /logout/,
    async () =>
      whole({
        issuer: await spoiltIssuer(changed(discovery, ({ end_session_endpoint: _, ...body }) => body)),
      }),
  ],
  [
    "pages on 127.0.0.1 and an issuer on localhost",
    "cookies",
    /http:\/\/localhost:4302/,
    () => whole({ appOrigin: "http://127.0.0.1:4302" }),
  ],
  [
    "pages of another site than the issuer",
    "cookies",
    /custom domain/,
    () => whole({ appOrigin: "https://books.vercel.app", redirectUri: undefined }),
  ],
  [
    "pages without https",
    "app_insecure",
    /https:\/\/books\.example/,
    () => whole({ appOrigin: "http://books.example", redirectUri: undefined }),
  ],
  [
    "a redirect URI of another origin than the pages",
    "redirect_origin",
    /http:\/\/localhost:5173/,
    () => whole({ appOrigin: "http://localhost:5173" }),
  ],
  [
    "an API over http for pages over https",
    "mixed_content",
    /https:\/\/api\.invalid/,
    () =>
      whole({
        appOrigin: "https://books.example",
        redirectUri: undefined,
        api: new URL("http://api.invalid/"),
      }),
  ],
  [
    "a token of another audience",
    "audience_wrong",
    /audience/,
    async () => whole({ token, audience: "https://api.bookshop.example" }),
  ],
  [
    "a token that asked for no audience",
    "audience_wrong",
    /audience/,
    async () => whole({ token: await tokenWithout("aud") }),
  ],
  [
    "a token of another issuer",
    "issuer_wrong",
    /issuer/,
    async () => whole({ issuer: await spoiltIssuer((answer) => answer), token }),
  ],
  ["something that is no token", "token_malformed", /./, () => whole({ token: "[object Promise]" })],
  [
    "an API that is down",
    "api_unreachable",
    /Start/,
    () => whole({ api: new URL("http://localhost:1024/books") }),
  ],
  [
    "an API that lets everybody in",
    "api_open",
    /guard/,
    async () => whole({ api: await apiOf((_, response) => json(response, 200, { books: [] })) }),
  ],
  [
    "an API that redirects to a sign-in page",
    "api_redirects",
    /401/,
    async () =>
      whole({
        api: await apiOf((_, response) => void response.writeHead(302, { location: "/login" }).end()),
      }),
  ],
  [
    "an API that crashes without a token",
    "api_fails",
    /log/,
    async () => whole({ api: await apiOf((_, response) => json(response, 500, {})) }),
  ],
  [
    "an API that forbids where it should ask",
    "api_forbids",
    /401/,
    async () => whole({ api: await apiOf((_, response) => json(response, 403, {})) }),
  ],
  [
    "an address that is none of the API's",
    "api_path",
    /whole address/,
    async () => whole({ api: await apiOf((_, response) => json(response, 404, {})) }),
  ],
  [
    "a 401 without a challenge",
    "challenge_missing",
    /header/,
    async () =>
      whole({
        api: await apiOf(
          booksBut((request, response) => {
            if (request.method === "GET") json(response, 401, {});
          }),
        ),
      }),
  ],
  [
    "an API without CORS",
    "api_cors",
    /http:\/\/localhost:4302/,
    async () => whole({ api: await apiOf(protectedBooks({ issuer, audience }, "http://localhost:3000")) }),
  ],
  [
    "a guard before the CORS middleware",
    "preflight_guarded",
    /before the guard/,
    async () =>
      whole({
        api: await apiOf(
          booksBut((request, response) => {
            if (request.method === "OPTIONS") json(response, 401, {});
          }),
        ),
      }),
  ],
  [
    "CORS that allows every header but the one that counts",
    "api_cors_header",
    /Authorization/,
    async () =>
      whole({
        api: await apiOf(
          booksBut((request, response) => {
            if (request.method !== "OPTIONS") return;
            response
              .writeHead(204, { "access-control-allow-origin": app, "access-control-allow-headers": "*" })
              .end();
          }),
        ),
      }),
  ],
  [
    "refusals without CORS headers",
    "refusals_unreadable",
    /before the guard/,
    async () =>
      whole({
        api: await apiOf(
          booksBut((request, response) => {
            if (request.method === "GET") {
              response.writeHead(401, { "www-authenticate": "Bearer" }).end();
            }
          }),
        ),
      }),
  ],
  [
    "an API of another audience",
    "api_audience",
    /same audience/,
    async () => whole({ token, api: await apiOf(protectedBooks({ issuer, audience: "warehouse" }, app)) }),
  ],
  [
    "an API that cannot get the keys",
    "api_keys",
    /reached/,
    async () =>
      whole({
        token,
        api: await apiOf(
          booksBut((request, response) => {
            if (request.headers.authorization) json(response, 503, { code: "keys_unavailable" });
          }),
        ),
      }),
  ],
];

describe("finds and names", () => {
  test.each(planted)("%s", async (_, code, fix, subject) => {
    const found = await faults(await subject());
    const fault = found.find((each) => each.code === code);
    expect(fault, `found: ${found.map((each) => each.code).join(", ")}`).toBeDefined();
    expect(fault?.fix).toMatch(fix);
    expect(fault?.found).not.toBe("");
    expect(fault?.expected).not.toBe("");
  });
});

test("nobody but the API gets the token, and what an API repeats of it is not shown", async () => {
  const api = await apiOf((request, response) =>
    json(response, 401, { error_description: `no: ${request.headers.authorization}` }),
  );
  const asked: string[] = [];
  const spoilt = await spoiltIssuer((answer) => {
    asked.push(JSON.stringify(answer));
    return answer;
  });
  await diagnose(whole({ issuer: spoilt, token, api }));
  expect(asked.join()).not.toContain(token.slice(0, 30));
  const { stdout } = await hallpass(["doctor", "--api", api.href, "--token", "-"], {
    cwd: folder,
    input: token,
  });
  expect(stdout).toContain("no: Bearer <token>");
});

describe("the command", () => {
  test("reads the config of the folder, lists its findings and ends with 0", async () => {
    const { code, stdout, stderr } = await hallpass(["doctor"], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Nothing wrong found");
    expect(stdout).not.toContain("\u001b");
  });

  test("ends with 1 and names the fix when something is wrong, as JSON too", async () => {
    const args = ["doctor", "--app", "http://127.0.0.1:4302"];
    const { code, stdout } = await hallpass(args, { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/fix\s+Open the pages at http:\/\/localhost:4302/);
    const report = JSON.parse((await hallpass([...args, "--json"], { cwd: folder })).stdout);
    expect(report.ok).toBe(false);
    expect(report.findings.map(({ code }: Fault) => code)).toContain("cookies");
  });

  test("repeats no part of the token", async () => {
    const input = token;
    const { stdout, stderr } = await hallpass(["doctor", "--token", "-", "--audience", "other"], {
      cwd: folder,
      input,
    });
    expect(stdout).toContain("audience");
    for (let at = 0; at + 16 <= token.length; at += 1) {
      expect(stdout + stderr).not.toContain(token.slice(at, at + 16));
    }
  });

  test.each([
    [["doctor"], /no issuer/],
    [["doctor", "--issuer", "http://localhost:1", "--app", "books"], /--app/],
    [["doctor", "--issuer", "http://localhost:1", "--api", "books"], /--api/],
  ])("%j is wrong usage", async (args, problem) => {
    const { code, stderr } = await hallpass(args, { cwd: project() });
    expect(code).toBe(2);
    expect(stderr).toMatch(problem);
  });
});

/** The token of the server without a claim, signed by nobody: enough for what is checked before the signature. */
async function tokenWithout(claim: string): Promise<string> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  delete claims[claim];
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}
