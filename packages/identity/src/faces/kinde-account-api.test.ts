import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  authorizationRequest,
  CLIENT_ID,
  exchange,
  HOME,
  ORIGIN,
  type RunningIdentity,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { KINDE_CONFIG, startKinde } from "../../test/kinde.ts";

const PATHS = [
  "permissions",
  "permission/create%3Abooks",
  "roles",
  "feature_flags",
  "properties",
  "entitlements",
  "entitlement/seats",
  "entitlement",
  "portal_link",
];

let running: RunningIdentity;
let issuer: string;
let token: string;

beforeAll(async () => {
  running = await startKinde();
  ({ issuer } = running);
  token = (await tokensFor(running)).body.access_token;
});
afterAll(async () => {
  await running.identity.close();
});

async function get(path: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
  const response = await fetch(`${issuer}/account_api/v1/${path}`, { headers });
  return {
    status: response.status,
    headers: response.headers,
    // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
    body: (await response.json()) as any,
  };
}

const complete = { has_more: false, next_page_starting_after: null };

describe("the Account API", () => {
  test.each<[string, unknown]>([
    [
      "permissions",
      {
        org_code: "org_bookstore",
        permissions: [
          { id: "create:books", name: "Add a book", key: "create:books" },
          { id: "read:books", name: "See the books", key: "read:books" },
        ],
      },
    ],
    [
      "roles",
      {
        org_code: "org_bookstore",
        roles: [{ id: expect.stringMatching(/^role_/), name: "Editor", key: "editor" }],
      },
    ],
    [
      "feature_flags",
      {
        feature_flags: [
          { id: "beta", name: "beta", key: "beta", type: "boolean", value: true },
          { id: "shelves", name: "shelves", key: "shelves", type: "integer", value: 3 },
          { id: "theme", name: "theme", key: "theme", type: "string", value: "sand" },
        ],
      },
    ],
    [
      "properties",
      {
        properties: [
          { id: "kp_usr_city", name: "City", key: "kp_usr_city", value: "London" },
          { id: "region", name: "Region", key: "region", value: "eu" },
          { id: "shoe_size", name: "shoe_size", key: "shoe_size", value: 37 },
        ],
      },
    ],
    ["entitlements", { org_code: "org_bookstore", plans: [], entitlements: [] }],
  ])("%s are in Kinde's envelope", async (path, data) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({ data, metadata: complete });
  });

  test("one permission is not in it", async () => {
    expect((await get("permission/create%3Abooks")).body).toEqual({
      permissionKey: "create:books",
      orgCode: "org_bookstore",
      isGranted: true,
    });
    expect((await get("permission/read:books")).body.isGranted).toBe(true);
    expect((await get("permission/delete%3Abooks")).body).toEqual({
      permissionKey: "delete:books",
      orgCode: "org_bookstore",
      isGranted: false,
    });
  });

  test.each(["entitlement/seats", "entitlement", "entitlement?key=seats"])("there is no %s", async (path) => {
    expect(await get(path)).toMatchObject({
      status: 404,
      body: { error: "not_found", error_description: expect.stringContaining("plans") },
    });
  });

  test("speaks of the organization that the token is for", async () => {
    const { body } = await tokensFor(running, { org_code: "org_library" });
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await get("permissions", headers)).body.data).toMatchObject({
      org_code: "org_library",
      permissions: [{ key: "read:books" }],
    });
    expect((await get("properties", headers)).body.data.properties).not.toContainEqual(
      expect.objectContaining({ key: "region" }),
    );
  });

  test("gives page after page", async () => {
    const first = (await get("feature_flags?page_size=2")).body;
    expect(first.data.feature_flags.map(({ key }: { key: string }) => key)).toEqual(["beta", "shelves"]);
    expect(first.metadata).toEqual({ has_more: true, next_page_starting_after: "shelves" });
    const { next_page_starting_after: cursor } = first.metadata;
    const second = (await get(`feature_flags?page_size=2&starting_after=${cursor}`)).body;
    expect(second.data.feature_flags.map(({ key }: { key: string }) => key)).toEqual(["theme"]);
    expect(second.metadata).toEqual(complete);
  });

  test.each([
    "page_size=0",
    "page_size=101",
    "page_size=-1",
    "page_size=1e2",
    "page_size=two",
    "page_size=1&page_size=2",
    "starting_after=a&starting_after=b",
    `starting_after=${"x".repeat(5000)}`,
    "starting_after=%00",
  ])("refuses %s", async (query) => {
    for (const path of ["permissions", "roles", "feature_flags", "properties", "entitlements"]) {
      expect(await get(`${path}?${query}`)).toMatchObject({
        status: 400,
        body: { error: "invalid_request" },
      });
    }
  });
});

describe("who may ask it", () => {
  test.each(PATHS)("nobody without a good token: %s", async (path) => {
    const { body } = await tokensFor(running);
    const [header, payload] = token.split(".");
    const bad: [Record<string, string>, number][] = [
      [{}, 401],
      [{ authorization: "Bearer" }, 400],
      [{ authorization: `Basic ${Buffer.from(`${CLIENT_ID}:x`).toString("base64")}` }, 400],
      [{ authorization: "Bearer nonsense" }, 401],
      [{ authorization: `Bearer ${header}.${payload}.${"A".repeat(342)}` }, 401],
      [{ authorization: `Bearer ${body.id_token}` }, 401],
      [{ authorization: `Bearer ${body.refresh_token}` }, 401],
    ];
    for (const [headers, status] of bad) {
      const answer = await get(path, headers);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ error: expect.any(String), error_description: expect.any(String) });
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  test("not the bearer of another server's token, of a revoked one, or of one that has expired", async () => {
    const other = await startKinde({ control: { secret: "a-secret-that-only-this-test-knows" } });
    const foreign = await tokensFor(other);
    expect((await get("roles", { authorization: `Bearer ${foreign.body.access_token}` })).status).toBe(401);
    await fetch(`${other.issuer}/_hallpass/control`, {
      method: "POST",
      headers: {
        "hallpass-control": "a-secret-that-only-this-test-knows",
        "content-type": "application/json",
      },
      body: JSON.stringify({ clockOffset: 7200 }),
    });
    const expired = await fetch(`${other.issuer}/account_api/v1/roles`, {
      headers: { authorization: `Bearer ${foreign.body.access_token}` },
    });
    expect(expired.status).toBe(401);
    await other.identity.close();

    const { body } = await tokensFor(running);
    expect((await get("roles", { authorization: `Bearer ${body.access_token}` })).status).toBe(200);
    await fetch(`${issuer}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: body.refresh_token, client_id: CLIENT_ID }),
    });
    expect((await get("roles", { authorization: `Bearer ${body.access_token}` })).status).toBe(401);
  });

  test("it is not there in another face", async () => {
    const standard = await startIdentity();
    const { body } = await tokensFor(standard);
    for (const path of PATHS) {
      const response = await fetch(`${standard.issuer}/account_api/v1/${path}`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
      expect(response.status).toBe(404);
    }
    await standard.identity.close();
  });
});

describe("pages of other origins", () => {
  const bearer = { authorization: `Bearer ` };

  test.each(PATHS)("those of the token's application may read %s", async (path) => {
    const preflight = await fetch(`${issuer}/account_api/v1/${path}`, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization,content-type");
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    const { headers } = await get(path, { authorization: bearer.authorization + token, origin: ORIGIN });
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")).toContain("Origin");
  });

  test.each([
    ["https://evil.example", "Bearer"],
    ["null", "Bearer"],
    ["http://localhost:4309", "another application's"],
  ])("those of %s may not", async (origin) => {
    const { headers } = await get("roles", { authorization: bearer.authorization + token, origin });
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the link to the portal", () => {
  test.each(["subnav", "sub_nav"])("leads to a page of this server that exists, by %s", async (name) => {
    const browser = running.browser();
    const request = authorizationRequest(issuer);
    const { body: tokens } = await exchange(issuer, request, await signIn(browser, request));
    const { status, body } = await get(`portal_link?${name}=profile&return_url=${HOME}books`, {
      authorization: `Bearer ${tokens.access_token}`,
    });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(["url"]);
    expect(body.url).toMatch(new RegExp(`^${issuer}/`));
    const page = await browser.open(body.url);
    expect(page.status).toBe(200);
    expect(page.html).toContain("ada@example.com");
    expect(page.html).toContain(`href="${HOME}books"`);
  });

  test("leads back to the application's start page when nothing else is asked for", async () => {
    const { body } = await get("portal_link");
    expect(new URL(body.url).searchParams.get("return_url")).toBe(HOME);
  });

  test.each([
    "return_url=https://evil.example/",
    "return_url=http://localhost:4309/",
    "return_url=//localhost:4302/",
    "return_url=/books",
    "return_url=javascript:alert(1)",
    "return_url=http://localhost:4302.evil.example/",
    "return_url=http://localhost:4302@evil.example/",
    "subnav=everything",
    "subnav=profile&subnav=profile",
    "return_url=http://localhost:4302/&return_url=https://evil.example/",
  ])("is refused with %s", async (query) => {
    const { status, body } = await get(`portal_link?${query}`);
    expect(status).toBe(400);
    expect(body.error).toBe("invalid_request");
    expect(JSON.stringify(body)).not.toContain("evil");
  });
});

test("somebody without an organization has permissions in none", async () => {
  const alone = await startKinde({
    config: {
      ...KINDE_CONFIG,
      defaults: {},
      users: (KINDE_CONFIG.users ?? []).map((user) => ({ ...user, organizations: [] })),
    },
  });
  const { body } = await tokensFor(alone);
  const answer = await fetch(`${alone.issuer}/account_api/v1/permissions`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  expect(await answer.json()).toEqual({ data: { org_code: null, permissions: [] }, metadata: complete });
  await alone.identity.close();
});
