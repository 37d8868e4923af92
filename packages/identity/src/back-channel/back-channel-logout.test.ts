import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../../test/browser.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  claimsOf,
  exchange,
  HOME,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { type Receiver, startReceiver } from "../../test/receiver.ts";

let receiver: Receiver;
let running: RunningIdentity;

beforeEach(async () => {
  receiver = await startReceiver();
  const applications = CONFIG.applications?.map((application) => ({
    ...application,
    backchannelLogoutUri: `${receiver.url}/logout/${application.clientId}`,
  }));
  running = await startIdentity({ config: { ...CONFIG, ...(applications ? { applications } : {}) } });
});
afterEach(async () => {
  await running.identity.close();
  await receiver[Symbol.asyncDispose]();
});

const OTHER = { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" };

async function signOut(browser: Browser, parameters: Record<string, string>) {
  const url = `${running.issuer}/logout?${new URLSearchParams(parameters)}`;
  return await browser.open(url, { headers: { "sec-fetch-site": "same-site" } });
}

const tokenOf = ({ form }: { form: URLSearchParams }) => form.get("logout_token") ?? "";

describe("after signing out", () => {
  test("every application of the session is told, with a token that it can verify", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    const other = authorizationRequest(running.issuer, OTHER);
    const callback = await signIn(browser, other);
    const second = await exchange(running.issuer, other, callback, OTHER, {
      headers: { origin: "http://localhost:4309" },
    });
    await signOut(browser, { id_token_hint: body.id_token, post_logout_redirect_uri: HOME });

    const received = await receiver.has(2);
    expect(received.map(({ path }) => path).sort()).toEqual([`/logout/${CLIENT_ID}`, "/logout/other-web"]);
    const keys = createRemoteJWKSet(new URL(`${running.issuer}/.well-known/jwks`));
    for (const [clientId, tokens] of [
      [CLIENT_ID, body],
      ["other-web", second.body],
    ] as const) {
      const request = received.find(({ path }) => path === `/logout/${clientId}`);
      expect(request).toMatchObject({
        method: "POST",
        contentType: "application/x-www-form-urlencoded",
      });
      const { payload, protectedHeader } = await jwtVerify(request ? tokenOf(request) : "", keys, {
        issuer: running.issuer,
        audience: clientId,
        typ: "logout+jwt",
      });
      const { sub, sid } = claimsOf(tokens.id_token);
      expect(payload).toEqual({
        iss: running.issuer,
        aud: clientId,
        sub,
        sid,
        iat: expect.any(Number),
        exp: Number(payload.iat) + 120,
        jti: expect.any(String),
        events: { "http://schemas.openid.net/event/backchannel-logout": {} },
      });
      expect(protectedHeader.alg).toBe("RS256");
    }
  });

  test("nobody waits for an application that does not answer", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    let answer = (_status: number) => {};
    receiver.answer = () => new Promise((resolve) => (answer = resolve));
    const left = await signOut(browser, { id_token_hint: body.id_token, post_logout_redirect_uri: HOME });
    expect(left.leftFor?.href).toBe(HOME);
    await receiver.has(1);
    expect(receiver.brokenOff).toBe(0);
    answer(200);
  });

  test("with an ID token whose session is gone from the browser, its application is told all the same", async () => {
    const browser = running.browser();
    const { body } = await tokensFor(running, {}, browser);
    browser.clearCookies();
    await signOut(browser, { id_token_hint: body.id_token, post_logout_redirect_uri: HOME });
    const [request] = await receiver.has(1);
    expect(claimsOf(request ? tokenOf(request) : "").sid).toBe(claimsOf(body.id_token).sid);
  });
});

test("when somebody else signs in at the same browser, the applications of the first are told", async () => {
  const browser = running.browser();
  const { body } = await tokensFor(running, {}, browser);
  await signIn(browser, authorizationRequest(running.issuer, { prompt: "login" }), {
    email: "bob@example.com",
    password: PASSWORD,
  });
  const [request] = await receiver.has(1);
  const { sub, sid } = claimsOf(body.id_token);
  expect(claimsOf(request ? tokenOf(request) : "")).toMatchObject({ sub, sid });
});

test("signing out everywhere ends every session, grant and token of the user, and nobody else's", async () => {
  const here = running.browser();
  const there = running.browser();
  const first = await tokensFor(running, {}, here);
  const second = await tokensFor(running, {}, there);
  const bob = await tokensFor(running, {}, running.browser(), "bob@example.com");
  await signOut(here, { redirect: HOME, all_sessions: "true" });

  const received = await receiver.has(2);
  expect(new Set(received.map((each) => claimsOf(tokenOf(each)).sid))).toEqual(
    new Set([claimsOf(first.body.id_token).sid, claimsOf(second.body.id_token).sid]),
  );
  for (const { body } of [first, second]) {
    expect((await refresh(running.issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    const userinfo = await fetch(`${running.issuer}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(userinfo.status).toBe(401);
  }
  const silent = await there.open(authorizationRequest(running.issuer, { prompt: "none" }).url);
  expect(silent.leftFor?.searchParams.get("error")).toBe("login_required");
  expect((await refresh(running.issuer, bob.body.refresh_token)).status).toBe(200);
});

test("signing out everywhere on the account page tells the applications of every browser", async () => {
  const here = running.browser();
  const sids = [];
  for (const browser of [here, running.browser()]) {
    sids.push(claimsOf((await tokensFor(running, {}, browser)).body.id_token).sid);
  }
  await here.submit(await here.open(`${running.issuer}/account`), {});
  const received = await receiver.has(2);
  expect(received.map((each) => claimsOf(tokenOf(each)).sid).sort()).toEqual(sids.sort());
});

test("discovery says that it is spoken", async () => {
  const response = await fetch(`${running.issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});
