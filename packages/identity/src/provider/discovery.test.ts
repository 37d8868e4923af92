import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { ASSERTION_TYPE, post } from "../../test/applications.ts";
import { startIdentity, tokenRequest } from "../../test/identity.ts";

interface Document extends Record<string, unknown> {
  grant_types_supported: string[];
}

async function discovered(issuer: string) {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return (await response.json()) as Document;
}

describe("the discovery document", () => {
  test("names the grants that there are, and no others", async () => {
    await using identity = await startIdentity().then((running) => running.identity);
    const { issuer } = identity;
    const { grant_types_supported: supported } = await discovered(issuer);
    expect(supported).toEqual(
      expect.arrayContaining([
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
      ]),
    );
    for (const grant_type of [
      ...supported,
      "password",
      "implicit",
      "urn:ietf:params:oauth:grant-type:jwt-bearer",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "urn:openid:params:grant-type:ciba",
    ]) {
      const { body } = await tokenRequest(issuer, { grant_type });
      expect([grant_type, body.error === "unsupported_grant_type"]).toEqual([
        grant_type,
        !supported.includes(grant_type),
      ]);
    }
  });

  test("names the same ways to authenticate for every endpoint, and no shared secret for assertions", async () => {
    await using identity = await startIdentity().then((running) => running.identity);
    const document = await discovered(identity.issuer);
    for (const endpoint of ["token", "revocation", "introspection"]) {
      expect(document[`${endpoint}_endpoint_auth_methods_supported`]).toEqual([
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
      ]);
      const algorithms = document[`${endpoint}_endpoint_auth_signing_alg_values_supported`] as string[];
      expect(algorithms.filter((alg) => alg === "none" || alg.startsWith("HS"))).toEqual([]);
    }
    expect(document).toMatchObject({
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
    });
    expect(document.registration_endpoint).toBeUndefined();
  });

  test("names the algorithms with which an application can authenticate", async () => {
    await using first = await startIdentity().then((running) => running.identity);
    const document = await discovered(first.issuer);
    const algorithms = document.token_endpoint_auth_signing_alg_values_supported as string[];
    const rsa = await generateKeyPair("RS256", { extractable: true });
    const signers = await Promise.all(
      algorithms.map(async (alg) => {
        const keys = /^[RP]S/.test(alg)
          ? {
              publicKey: { ...(await exportJWK(rsa.publicKey)), alg },
              key: { ...(await exportJWK(rsa.privateKey)), alg },
            }
          : await generateKeyPair(alg, { extractable: true }).then(async (pair) => ({
              publicKey: await exportJWK(pair.publicKey),
              key: await exportJWK(pair.privateKey),
            }));
        return { alg, ...keys };
      }),
    );
    const applications = signers.map(({ alg, publicKey }) => ({
      clientId: `signer-${alg}`,
      type: "machine" as const,
      jwks: { keys: [{ ...publicKey }] },
    }));
    await using identity = await startIdentity({ config: { applications } }).then(
      (running) => running.identity,
    );
    const { issuer } = identity;
    for (const { alg, key } of signers) {
      const client_assertion = await new SignJWT({
        iss: `signer-${alg}`,
        sub: `signer-${alg}`,
        aud: issuer,
        exp: Math.floor(Date.now() / 1000) + 60,
        jti: randomUUID(),
      })
        .setProtectedHeader({ alg })
        .sign(key);
      const form = {
        grant_type: "client_credentials",
        client_assertion_type: ASSERTION_TYPE,
        client_assertion,
      };
      expect([alg, (await post(`${issuer}/oauth2/token`, form)).status]).toEqual([alg, 200]);
    }
  });
});

test("the keys are plain JSON, the only type that some clients take them in", async () => {
  await using identity = await startIdentity().then((running) => running.identity);
  for (const path of ["/.well-known/jwks", "/.well-known/jwks.json"]) {
    const response = await fetch(identity.issuer + path);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  }
});
