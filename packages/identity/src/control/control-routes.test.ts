import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  arrived,
  authorizationRequest,
  CONTROL_SECRET,
  claimsOf,
  ORIGIN,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ control: { secret: CONTROL_SECRET } });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});
afterEach(async () => {
  await control("DELETE");
});

async function control(method: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer}/_hallpass/control`, {
    method,
    headers: {
      "hallpass-control": CONTROL_SECRET,
      ...(body ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const now = () => Math.floor(Date.now() / 1000);

describe("the control endpoint", () => {
  test("shows, merges and sets back", async () => {
    await control("POST", { accessTokenLifetime: 5 });
    const { body } = await control("POST", { clockOffset: 60 });
    expect(body).toMatchObject({ accessTokenLifetime: 5, clockOffset: 60, cors: true, prompt: null });
    expect((await control("POST", { clockOffset: null })).body).toMatchObject({ clockOffset: 0 });
    expect((await control("DELETE")).body).toMatchObject({ accessTokenLifetime: null });
  });

  test("needs its secret", async () => {
    for (const secret of ["", "wrong", `${CONTROL_SECRET}x`]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        const { status } = await control(method, undefined, { "hallpass-control": secret });
        expect(status).toBe(403);
      }
    }
  });

  test("can be read by no page of another origin", async () => {
    const preflight = await fetch(`${issuer}/_hallpass/control`, {
      method: "OPTIONS",
      headers: {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "hallpass-control",
      },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    expect((await control("GET")).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("says what it does not understand", async () => {
    for (const [change, name] of [
      [{ clockOffset: "soon" }, "clockOffset"],
      [{ accessTokenLifetime: 0 }, "accessTokenLifetime"],
      [{ prompt: "nonsense" }, "prompt"],
      [{ tokens: {} }, "tokens"],
    ] as const) {
      const { status, body } = await control("POST", change);
      expect(status).toBe(400);
      expect(body.error_description).toContain(name);
    }
  });

  test("is not there without the option", async () => {
    const other = await startIdentity();
    const response = await fetch(`${other.issuer}/_hallpass/control`, {
      headers: { "hallpass-control": CONTROL_SECRET },
    });
    await other.identity.close();
    expect(response.status).toBe(404);
  });

  test("counts requests by endpoint", async () => {
    await tokensFor(running);
    await fetch(`${issuer}/.well-known/jwks.json`);
    await fetch(`${issuer}/.well-known/openid-configuration`);
    expect((await control("GET")).body.requests).toEqual({ token: 1, jwks: 1, discovery: 1 });
  });
});

describe("a clock that is moved", () => {
  test("stamps the tokens and judges them", async () => {
    await control("POST", { clockOffset: -7200 });
    const { body } = await tokensFor(running);
    for (const jwt of [body.access_token, body.id_token]) {
      expect(Math.abs((claimsOf(jwt).iat as number) - (now() - 7200))).toBeLessThan(5);
      expect(Math.abs((claimsOf(jwt).exp as number) - (now() - 3600))).toBeLessThan(5);
    }
    const userinfo = () =>
      fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect((await userinfo()).status).toBe(200);
    await control("POST", { clockOffset: 0 });
    expect((await userinfo()).status).toBe(401);
  });
});

describe("faults", () => {
  test("a shorter life of access tokens", async () => {
    await control("POST", { accessTokenLifetime: 2 });
    const { body } = await tokensFor(running);
    expect(body.expires_in).toBe(2);
    expect((claimsOf(body.access_token).exp as number) - (claimsOf(body.access_token).iat as number)).toBe(2);
  });

  test("the next refresh is refused, the one after it not", async () => {
    const { body } = await tokensFor(running);
    await control("POST", { refuseNextRefresh: true });
    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
  });

  test("the answer to a refresh is lost after rotation, and the old token still leads on", async () => {
    const { body } = await tokensFor(running);
    await control("POST", { loseNextRefreshAnswer: true });
    await expect(refresh(issuer, body.refresh_token)).rejects.toThrow();
    const again = await refresh(issuer, body.refresh_token);
    expect(again.status).toBe(200);
    expect((await refresh(issuer, again.body.refresh_token)).status).toBe(200);
  });

  test.each(["jwks", "token"] as const)("%s is slow, down, or answers HTML", async (name) => {
    const path = name === "jwks" ? "/.well-known/jwks" : "/oauth2/token";
    const send = () =>
      fetch(issuer + path, { method: name === "jwks" ? "GET" : "POST", headers: { origin: ORIGIN } });
    await control("POST", { [name]: { status: 503 } });
    expect((await send()).status).toBe(503);
    await control("POST", { [name]: { html: true } });
    expect((await send()).headers.get("content-type")).toBe("text/html");
    await control("POST", { [name]: { delay: 300 } });
    const before = performance.now();
    await send();
    expect(performance.now() - before).toBeGreaterThan(290);
    await control("POST", { [name]: null });
    expect((await fetch(`${issuer}/.well-known/jwks`)).status).toBe(200);
  });

  test("sign-in or consent is required", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const silently = async () =>
      arrived(await browser.open(authorizationRequest(issuer, { prompt: "none" }).url)).searchParams.get(
        "error",
      );
    expect(await silently()).toBeNull();
    await control("POST", { prompt: "login_required" });
    expect(await silently()).toBe("login_required");
    expect((await browser.open(authorizationRequest(issuer).url)).html).toContain("Sign in");
    await control("POST", { prompt: "consent_required" });
    expect(await silently()).toBe("consent_required");
    const page = await browser.open(authorizationRequest(issuer).url);
    arrived(await browser.submit(page, { decision: "allow" }));
  });

  test("no CORS headers", async () => {
    await control("POST", { cors: false });
    const { headers } = await tokensFor(running);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    const keys = await fetch(`${issuer}/.well-known/jwks`, { headers: { origin: ORIGIN } });
    expect(keys.headers.get("access-control-allow-origin")).toBeNull();
  });
});
