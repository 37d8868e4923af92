import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryStore } from "@hallpass/server";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { applicationSuite, ORIGIN } from "./support/application.ts";
import { browserAt } from "./support/browser.ts";
import { frameworks, type RunningApp } from "./support/frameworks.ts";
import { visitor } from "./support/visitor.ts";

const pair = await generateKeyPair("RS256");
let keys: Server;
beforeAll(async () => {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "1", alg: "RS256", use: "sig" };
  keys = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] }))).listen(0, "localhost");
  await once(keys, "listening");
});
afterAll(() => {
  keys.closeAllConnections();
  keys.close();
});

const suite = applicationSuite();
let app: RunningApp | undefined;
afterEach(() => app?.close());

async function logoutToken(): Promise<string> {
  return await new SignJWT({ events: { "http://schemas.openid.net/event/backchannel-logout": {} } })
    .setProtectedHeader({ alg: "RS256", kid: "1", typ: "logout+jwt" })
    .setIssuer(suite.issuer.url)
    .setAudience("bookstore-web")
    .setIssuedAt()
    .setExpirationTime("2m")
    .setJti(randomUUID())
    .setSubject("reader-1")
    .sign(pair.privateKey);
}

describe.each(Object.entries(frameworks))("back-channel logout with %s", (_, startApp) => {
  it("ends the sessions that the issuer's form names, and reads no more than a form", async () => {
    const keysUri = `http://localhost:${(keys.address() as AddressInfo).port}/keys`;
    suite.issuer.discovery = { jwks_uri: keysUri };
    const auth = suite.application({ store: memoryStore() });
    const ada = visitor(auth);
    await ada.signIn();
    app = await startApp(auth);
    const issuer = browserAt(app.port, ORIGIN);
    const post = (body: string) =>
      issuer.send(
        "POST",
        "/api/auth/back-channel-logout",
        { "content-type": "application/x-www-form-urlencoded" },
        body,
      );
    const isSignedIn = () => ada.visit((session) => session.isAuthenticated());

    const token = `logout_token=${await logoutToken()}`;
    // Body parsers of the application may have their own word on what is too long.
    expect((await post(`${token}&more=${"x".repeat(66_000)}`)).status).toBeOneOf([400, 413]);
    for (const body of ["", "logout_token=x", "other=1"]) {
      const { status, headers } = await post(body);
      expect([status, headers["cache-control"]]).toEqual([400, "private, no-store"]);
    }
    expect(await isSignedIn()).toBe(true);

    const done = await post(token);
    expect([done.status, done.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(await isSignedIn()).toBe(false);
  });
});
