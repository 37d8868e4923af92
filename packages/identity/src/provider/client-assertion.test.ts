import { generateKeyPairSync, randomUUID } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  APPLICATIONS_CONFIG,
  ASSERTION_TYPE,
  type AssertionOptions,
  assertion,
  FOREIGN_KEY,
  post,
  SIGNER_KEY,
} from "../../test/applications.ts";
import { AUDIENCE, type RunningIdentity, startIdentity } from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;
const now = () => Math.floor(Date.now() / 1000);

// A server for each test: refusals are counted, and after twenty there is another answer.
beforeEach(async () => {
  running = await startIdentity({ config: APPLICATIONS_CONFIG });
  issuer = running.issuer;
});
afterEach(async () => {
  await running.identity.close();
});

const exchange = (client_assertion: string) =>
  post(`${issuer}/oauth2/token`, {
    grant_type: "client_credentials",
    audience: AUDIENCE,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion,
  });

describe("a client assertion is taken", () => {
  test.each<[string, () => AssertionOptions]>([
    ["as it should be", () => ({})],
    ["with its own type", () => ({ header: { typ: "client-authentication+jwt" } })],
    ["as a plain JWT", () => ({ header: { typ: "JWT" } })],
    ["of ten minutes", () => ({ claims: { exp: now() + 600 } })],
    ["from a clock that is some seconds behind", () => ({ claims: { exp: now() - 5 } })],
  ])("%s", async (_what, options) => {
    expect((await exchange(await assertion(issuer, options()))).status).toBe(200);
  });
});

describe("a client assertion is refused", () => {
  test.each<[string, () => AssertionOptions, string]>([
    ["for the token endpoint", () => ({ claims: { aud: `${issuer}/oauth2/token` } }), "its aud must be"],
    ["for this issuer in a list", () => ({ claims: { aud: [issuer] } }), "its aud must be"],
    [
      "for this issuer among others",
      () => ({ claims: { aud: [issuer, "https://other.example"] } }),
      "its aud must be",
    ],
    ["for this issuer with a slash", () => ({ claims: { aud: `${issuer}/` } }), "its aud must be"],
    ["for another issuer", () => ({ claims: { aud: "https://other.example" } }), "its aud must be"],
    ["for nobody", () => ({ claims: { aud: undefined } }), "no aud"],
    ["that has expired", () => ({ claims: { exp: now() - 30 } }), "expired"],
    ["that lives for an hour", () => ({ claims: { exp: now() + 3600 } }), "at most 600 seconds"],
    ["that lives for ever", () => ({ claims: { exp: 1e15 } }), "at most 600 seconds"],
    ["without an end", () => ({ claims: { exp: undefined } }), "no exp"],
    ["that is not valid yet", () => ({ claims: { nbf: now() + 300 } }), "nbf"],
    ["without an id", () => ({ claims: { jti: undefined } }), "no jti"],
    ["with an endless id", () => ({ claims: { jti: "x".repeat(300) } }), "its jti"],
    ["with an id that is no text", () => ({ claims: { jti: 7 } }), "its jti"],
    ["of another application", () => ({ claims: { iss: "jobs" } }), "its iss and sub"],
    ["signed by another key", () => ({ key: FOREIGN_KEY }), "not a JWT that a key of the application"],
    ["with the id of another key", () => ({ header: { kid: "another" } }), "no key of the application"],
    ["that is an access token by its type", () => ({ header: { typ: "at+jwt" } }), "typ"],
    ["with a critical header", () => ({ header: { crit: ["exp"], exp: 1 } }), "not a JWT"],
  ])("%s", async (_what, options, why) => {
    const { status, body } = await exchange(
      await assertion(issuer, options()).catch(() => "e30.eyJzdWIiOiJzaWduZXIifQ.e30"),
    );
    expect(status).toBe(401);
    expect(body.error).toBe("invalid_client");
    expect(body.error_description).toContain(why);
  });

  test("without a signature, with an HMAC over the public key, and with another algorithm", async () => {
    const claims = {
      iss: "signer",
      sub: "signer",
      aud: issuer,
      exp: now() + 60,
      jti: randomUUID(),
    };
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const publicKey = await exportSPKI((await generateKeyPair("ES256", { extractable: true })).publicKey);
    const { d: _, ...publicHalf } = await exportJWK(SIGNER_KEY);
    const signed = (alg: string, header: object, key: Parameters<SignJWT["sign"]>[0]) =>
      new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key);
    for (const forged of [
      new UnsecuredJWT(claims).encode(),
      await signed("HS256", { kid: "key-of-the-signer" }, Buffer.from(publicKey)),
      await signed("HS256", {}, Buffer.from(JSON.stringify(publicHalf))),
      await signed("RS256", {}, rsa),
      await signed(
        "ES256",
        { jwk: await exportJWK((await generateKeyPair("ES256", { extractable: true })).publicKey) },
        FOREIGN_KEY,
      ),
    ]) {
      const { status, body } = await exchange(forged);
      expect(status).toBe(401);
      expect(JSON.stringify(body)).not.toContain(forged);
    }
  });

  test("a second time, however many come at once", async () => {
    const once = await assertion(issuer);
    const answers = await Promise.all(Array.from({ length: 16 }, () => exchange(once)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(15).fill(401)]);
    expect(answers.find(({ status }) => status === 401)?.body.error_description).toContain("used before");
  });
});
