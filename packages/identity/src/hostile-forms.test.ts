import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEVICE_CLIENT, DEVICE_CONFIG } from "../test/device.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  type RunningIdentity,
  startIdentity,
  tokensFor,
} from "../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ config: DEVICE_CONFIG });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

const HOSTILE = [
  '"><script>alert(1)</script>',
  "a\r\nset-cookie: x=y",
  "a\0b",
  "x".repeat(8_000),
  "javascript:alert(1)",
  "https://evil.example/",
  "__proto__",
  '{"$ne":null}',
  "",
];

/** A good form for each endpoint, and the parameters that it looks at. */
const FORMS: Record<string, () => Promise<Record<string, string>>> = {
  "/oauth2/par": async () =>
    Object.fromEntries(new URL(authorizationRequest(issuer, { dpop_jkt: "x".repeat(43) }).url).searchParams),
  "/oauth2/device/auth": async () => ({ client_id: DEVICE_CLIENT, scope: "openid", audience: "" }),
  "/oauth2/revoke": async () => ({
    client_id: CLIENT_ID,
    token: (await tokensFor(running)).body.access_token,
    token_type_hint: "access_token",
  }),
  "/oauth2/introspect": async () => ({
    client_id: CLIENT_ID,
    token: (await tokensFor(running)).body.access_token,
    token_type_hint: "access_token",
  }),
  "/oauth2/token": async () => ({
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    client_id: DEVICE_CLIENT,
    device_code: "x",
  }),
  "/device": async () => ({ user_code: "BBBB-BBBB", confirm: "yes", xsrf: "x" }),
};

async function post(path: string, form: URLSearchParams, headers: Record<string, string> = {}) {
  const response = await fetch(issuer + path, { method: "POST", body: form, headers, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe.each(Object.keys(FORMS))("%s", (path) => {
  test("answers whatever a parameter holds with its own words, and leads nowhere", async () => {
    const good = (await FORMS[path]?.()) ?? {};
    for (const name of Object.keys(good)) {
      for (const value of HOSTILE) {
        const { status, headers, text } = await post(path, new URLSearchParams({ ...good, [name]: value }));
        const what = `${name} = ${value.slice(0, 30)}: ${text.slice(0, 300)}`;
        expect(status, what).toBeLessThan(500);
        expect(headers.get("location") ?? "/device", what).toBe("/device");
        expect(headers.get("set-cookie") ?? "", what).not.toContain("x=y");
        expect(text, what).not.toContain("<script>");
        expect(text, what).not.toMatch(/href="(javascript|https:\/\/evil)/);
      }
    }
  });

  test("refuses a parameter that is there twice", async () => {
    const good = (await FORMS[path]?.()) ?? {};
    for (const name of Object.keys(good)) {
      // Audiences are repeated by some SDKs, and are then several.
      if (name === "audience") continue;
      const form = new URLSearchParams(good);
      form.append(name, good[name] ?? "");
      const { status } = await post(path, form);
      expect(status, name).toBe(path === "/device" ? 303 : 400);
    }
  });

  test("refuses a body of 100 kB, and what is no form", async () => {
    expect((await post(path, new URLSearchParams({ x: "x".repeat(100_000) }))).status).toBe(413);
    const json = await fetch(issuer + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(json.status).toBe(400);
  });
});

test("a DPoP header may hold anything", async () => {
  for (const value of ["x", "a.b.c", "x".repeat(7_000), "{}", "__proto__", `${"e30."}`.repeat(3)]) {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: CLIENT_ID,
      refresh_token: "x",
    });
    const { status, text } = await post("/oauth2/token", form, { dpop: value });
    expect(status, value.slice(0, 30)).toBe(400);
    if (value.length > 3) expect(text).not.toContain(value);
    const pushed = new URL(authorizationRequest(issuer).url).searchParams;
    expect((await post("/oauth2/par", pushed, { dpop: value })).status).toBe(400);
    const { body } = await tokensFor(running);
    const userinfo = await fetch(`${issuer}/oauth2/userinfo`, {
      headers: { authorization: `DPoP ${body.access_token}`, dpop: value },
    });
    expect(userinfo.status).toBe(401);
  }
});

test("left no error of the server behind", () => {
  expect(running.events.filter(({ type }) => type === "server_error")).toEqual([]);
});
