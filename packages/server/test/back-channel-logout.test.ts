import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryStore, type ServerAuth } from "@hallpass/server";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applicationSuite } from "./support/application.ts";
import { codeOf, type Visitor, visitor } from "./support/visitor.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const pair = await generateKeyPair("RS256");
const foreign = await generateKeyPair("RS256");

let keys: Server;
let keysUri: string;
beforeAll(async () => {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "1", alg: "RS256", use: "sig" };
  keys = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] }))).listen(0, "localhost");
  await once(keys, "listening");
  keysUri = `http://localhost:${(keys.address() as AddressInfo).port}/keys`;
});
afterAll(() => {
  keys.closeAllConnections();
  keys.close();
});

const suite = applicationSuite();
let auth: ServerAuth;
let laptop: Visitor;
let phone: Visitor;
let stranger: Visitor;

/** One person at two browsers, and somebody else. */
beforeEach(async () => {
  suite.issuer.discovery = { jwks_uri: keysUri };
  auth = suite.application({ store: memoryStore() });
  const signIn = async (person: string, sid: string) => {
    suite.issuer.session = person;
    suite.issuer.idToken = { sid };
    const browser = visitor(auth);
    await browser.signIn();
    return browser;
  };
  laptop = await signIn("ada", "sid-laptop");
  phone = await signIn("ada", "sid-phone");
  stranger = await signIn("bob", "sid-bob");
});

interface Changes {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: typeof pair.privateKey;
}

async function logoutToken({ claims, header, key = pair.privateKey }: Changes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all: Record<string, unknown> = {
    iss: suite.issuer.url,
    aud: "bookstore-web",
    iat: now,
    exp: now + 120,
    jti: randomUUID(),
    events: { [EVENT]: {} },
    sub: "ada",
    ...claims,
  };
  return await new SignJWT(all as JWTPayload)
    .setProtectedHeader({ alg: "RS256", kid: "1", typ: "logout+jwt", ...header })
    .sign(key);
}

const signedIn = () =>
  Promise.all(
    [laptop, phone, stranger].map((browser) => browser.visit((session) => session.isAuthenticated())),
  );

describe("a logout token", () => {
  it("with a session ends that session", async () => {
    expect(await auth.backChannelLogout(await logoutToken({ claims: { sid: "sid-laptop" } }))).toBe(1);
    expect(await signedIn()).toEqual([false, true, true]);
  });

  it("with a person ends all of their sessions, and nobody else's", async () => {
    expect(await auth.backChannelLogout(await logoutToken())).toBe(2);
    expect(await signedIn()).toEqual([false, false, true]);
  });

  it("with somebody else's session ends nothing", async () => {
    expect(await auth.backChannelLogout(await logoutToken({ claims: { sid: "sid-bob" } }))).toBe(0);
    expect(await signedIn()).toEqual([true, true, true]);
  });

  it("without a type is accepted, since it need not have one", async () => {
    expect(await auth.backChannelLogout(await logoutToken({ header: { typ: undefined } }))).toBe(2);
  });

  it("does not end what began after it was issued", async () => {
    suite.ahead = 300_000;
    await laptop.signIn();
    suite.ahead = 0;
    await auth.backChannelLogout(await logoutToken());
    expect(await signedIn()).toEqual([true, false, true]);
  });

  it("is accepted once", async () => {
    const token = await logoutToken();
    await auth.backChannelLogout(token);
    expect(await codeOf(auth.backChannelLogout(token))).toBe("logout_token_invalid");
  });

  const now = Math.floor(Date.now() / 1000);
  it.each<[string, Changes | string]>([
    ["nothing", ""],
    ["no JWT", "abc"],
    ["too large", "x".repeat(20_000)],
    ["signed by somebody else", { key: foreign.privateKey }],
    ["under an unknown key", { header: { kid: "2" } }],
    ["of another issuer", { claims: { iss: "https://evil.example" } }],
    ["for another application", { claims: { aud: "other-web" } }],
    ["without an event", { claims: { events: undefined } }],
    ["with another event", { claims: { events: { "https://example.com/event": {} } } }],
    ["with an event that is no object", { claims: { events: { [EVENT]: true } } }],
    ["with a nonce", { claims: { nonce: "n" } }],
    ["without jti", { claims: { jti: undefined } }],
    ["without iat", { claims: { iat: undefined } }],
    ["from the future", { claims: { iat: now + 4_000, exp: now + 5_000 } }],
    ["old", { claims: { iat: now - 4_000, exp: now + 5_000 } }],
    ["expired", { claims: { exp: now - 500 } }],
    ["about nobody", { claims: { sub: undefined } }],
    ["of another type", { header: { typ: "at+jwt" } }],
  ])("that is %s is refused and ends nothing", async (_, changes) => {
    const token = typeof changes === "string" ? changes : await logoutToken(changes);
    expect(await codeOf(auth.backChannelLogout(token))).toBe("logout_token_invalid");
    expect(await signedIn()).toEqual([true, true, true]);
  });

  it("is not judged while the issuer's keys cannot be had", async () => {
    suite.issuer.discovery = { jwks_uri: "http://localhost:1/keys" };
    const fresh = suite.application({ store: memoryStore() });
    expect(await codeOf(fresh.backChannelLogout(await logoutToken()))).toBe("issuer_unreachable");
  });

  it("comes as a form, and is answered without being kept", async () => {
    const request = { url: "/api/auth/back-channel-logout", method: "POST", headers: {} };
    const body = new URLSearchParams({ logout_token: await logoutToken() }).toString();
    const good = await auth.handle("back-channel-logout", { ...request, body });
    expect(good).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    const again = await auth.handle("back-channel-logout", { ...request, body });
    expect(again.status).toBe(400);
    expect(again.headers["cache-control"]).toContain("no-store");
    expect(await signedIn()).toEqual([false, false, true]);
  });
});
