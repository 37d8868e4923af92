import { createVerifier } from "@hallpass/tokens";
import { calculateJwkThumbprint } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  claimsOf,
  headerOf,
  ORIGIN,
  type RunningIdentity,
  refresh,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";

const APIS = [
  { audience: AUDIENCE },
  { audience: "https://also-rs.example" },
  { audience: "https://ec.example", signingAlgorithm: "ES256" },
  { audience: "https://ed.example", signingAlgorithm: "EdDSA" },
] as const;

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity({ config: { ...CONFIG, apis: [...APIS] } });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

async function keySet(at = issuer): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${at}/.well-known/jwks`);
  return ((await answer.json()) as { keys: Record<string, unknown>[] }).keys;
}

describe("an API's access tokens are signed as it asks", () => {
  test.each([
    [AUDIENCE, "RS256", "RSA"],
    ["https://ec.example", "ES256", "EC"],
    ["https://ed.example", "EdDSA", "OKP"],
  ] as const)("%s: %s", async (audience, algorithm, kty) => {
    const { body } = await tokensFor(running, { audience });
    const direct = await running.identity.issueToken({ email: "ada@example.com", audience });
    const again = await refresh(issuer, body.refresh_token);
    const verifier = createVerifier({ issuer, audience, algorithms: [algorithm] });
    for (const token of [body.access_token, again.body.access_token, direct.accessToken]) {
      const { alg, kid } = headerOf(token);
      expect(alg).toBe(algorithm);
      expect((await keySet()).find((key) => key.kid === kid)).toMatchObject({ kty, alg, use: "sig" });
      await verifier.verify(token);

      const userinfo = await fetch(`${issuer}/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await userinfo.json()).toMatchObject({ sub: claimsOf(token).sub });
      const introspection = await fetch(`${issuer}/oauth2/introspect`, {
        method: "POST",
        headers: { origin: ORIGIN },
        body: new URLSearchParams({ client_id: CLIENT_ID, token }),
      });
      expect(await introspection.json()).toMatchObject({ active: true });
    }
    expect(headerOf(body.id_token).alg).toBe("RS256");
    expect(headerOf(again.body.id_token).alg).toBe("RS256");
  });

  test("several audiences with one algorithm share a token", async () => {
    const { body } = await tokensFor(running, { audience: `${AUDIENCE} https://also-rs.example` });
    expect(claimsOf(body.access_token).aud).toHaveLength(2);
  });

  test("several with different ones cannot, and the application is told so", async () => {
    const { url } = authorizationRequest(issuer, { audience: `${AUDIENCE} https://ec.example` });
    const callback = arrived(await running.browser().open(url));
    expect(callback.searchParams.get("error")).toBe("invalid_target");
    const why = callback.searchParams.get("error_description");
    expect(why).toContain(`'${AUDIENCE}' (RS256)`);
    expect(why).toContain("'https://ec.example' (ES256)");
    expect(why).toContain("one at a time");
    const all = running.identity.issueToken({ email: "ada@example.com" });
    await expect(all).rejects.toMatchObject({ code: "audiences_differ" });
  });

  test("a token without any audience is signed with RS256", async () => {
    const { body } = await tokensFor(running, { audience: undefined });
    expect(headerOf(body.access_token).alg).toBe("RS256");
  });
});

test("the key set has public keys only, each with its algorithm and its thumbprint for a name", async () => {
  const keys = await keySet();
  expect(keys.map(({ alg }) => alg).sort()).toEqual(["ES256", "EdDSA", "RS256"]);
  for (const key of keys) {
    for (const name of ["d", "p", "q", "dp", "dq", "qi", "k", "oth"]) expect(key).not.toHaveProperty(name);
    expect(key.kid).toBe(await calculateJwkThumbprint(key));
  }
});

test("discovery promises RS256 for ID tokens, and nothing that depends on an API", async () => {
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(metadata).toMatchObject({ id_token_signing_alg_values_supported: ["RS256"] });
});

test("without an API that asks for another there is an RSA key only", async () => {
  const plain = await startIdentity();
  expect((await keySet(plain.issuer)).map(({ alg }) => alg)).toEqual(["RS256"]);
  await plain.identity.close();
});

test("a token whose header names another algorithm than its key's is nothing to userinfo", async () => {
  const { body } = await tokensFor(running, { audience: "https://ec.example" });
  const [, payload = "", signature = ""] = body.access_token.split(".");
  const header = headerOf(body.access_token);
  for (const alg of ["RS256", "EdDSA", "HS256", "none", "es256"]) {
    const forged = Buffer.from(JSON.stringify({ ...header, alg })).toString("base64url");
    const answer = await fetch(`${issuer}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${forged}.${payload}.${signature}` },
    });
    expect(answer.status).toBe(401);
  }
});
