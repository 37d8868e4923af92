import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { createTestIssuer, type TestIssuer, type TestIssuerOptions } from "./test-issuer.ts";

const started: TestIssuer[] = [];

async function start(options?: TestIssuerOptions): Promise<TestIssuer> {
  const issuer = await createTestIssuer(options);
  started.push(issuer);
  return issuer;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((issuer) => issuer.close()));
});

function verify(issuer: TestIssuer, jwt: string) {
  return jwtVerify(jwt, createLocalJWKSet(issuer.keys()), {
    issuer: issuer.issuer,
    audience: issuer.audience,
    currentDate: new Date(issuer.clock.now()),
  });
}

describe("good tokens", () => {
  it("verify against the keys fetched through discovery", async () => {
    const issuer = await start();
    const discovery = (await (await fetch(issuer.discoveryUrl)).json()) as { jwks_uri: string };
    expect(discovery).toMatchObject({ issuer: issuer.issuer, jwks_uri: issuer.jwksUri });
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
    const { payload, protectedHeader } = await jwtVerify(
      await issuer.token({ permissions: ["read:books"] }),
      keys,
      {
        issuer: issuer.issuer,
        audience: issuer.audience,
      },
    );
    expect(payload).toMatchObject({ aud: [issuer.audience], permissions: ["read:books"], sub: "kp_alice" });
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: issuer.keys().keys[0]?.kid });
    expect(issuer.requests).toEqual({ discovery: 1, jwks: 1, other: 0 });
  });

  it("spell claims as Kinde does", async () => {
    const issuer = await start();
    const claims = decodeJwt(
      await issuer.token({
        organization: "org_a",
        roles: ["editor"],
        flags: { theme: "dark", beta: true, limit: 5 },
        scopes: ["read"],
      }),
    );
    expect(claims).toMatchObject({
      azp: "bookstore-web",
      client_id: "bookstore-web",
      org_code: "org_a",
      roles: [{ key: "editor" }],
      feature_flags: { theme: { t: "s", v: "dark" }, beta: { t: "b", v: true }, limit: { t: "i", v: 5 } },
      scp: ["read"],
      scope: "read",
      permissions: [],
    });
  });

  it("spell claims as Auth0 does, with the slash in iss", async () => {
    const issuer = await start({ dialect: "auth0" });
    expect(issuer.issuer).toBe(`${issuer.url}/`);
    const claims = decodeJwt(await issuer.token({ organization: "org_a", roles: ["editor"] }));
    expect(claims).toMatchObject({
      iss: `${issuer.url}/`,
      aud: [issuer.audience, `${issuer.url}/userinfo`],
      org_id: "org_a",
      [`${issuer.audience}/roles`]: ["editor"],
    });
  });

  it("spell claims as plain OAuth does", async () => {
    const issuer = await start({ dialect: "oauth" });
    const claims = decodeJwt(await issuer.token({ scopes: ["read", "write"] }));
    expect(claims).toMatchObject({ aud: issuer.audience, scope: "read write" });
    expect(claims).not.toHaveProperty("permissions");
  });

  it("say what the issuer's tokens usually say, unless told otherwise, the bad ones too", async () => {
    const issuer = await start({ usual: { permissions: ["create:books"], claims: { tenant: "north" } } });
    expect(decodeJwt(await issuer.token())).toMatchObject({ permissions: ["create:books"], tenant: "north" });
    expect(decodeJwt(await issuer.token({ permissions: [] }))).toMatchObject({ permissions: [] });
    expect(decodeJwt(await issuer.badToken("expired"))).toMatchObject({
      permissions: ["create:books"],
      tenant: "north",
    });
    expect(decodeJwt(await issuer.badToken("no_expiry"))).toMatchObject({ tenant: "north" });
  });

  it("take any claim and header, and lose what is undefined", async () => {
    const issuer = await start();
    const jwt = await issuer.token({
      claims: { tenant: "north", jti: undefined },
      header: { typ: "JWT", kid: undefined },
    });
    expect(decodeJwt(jwt)).toMatchObject({ tenant: "north" });
    expect(decodeJwt(jwt)).not.toHaveProperty("jti");
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: "RS256", typ: "JWT" });
  });

  it("carry the ID token's profile claims only in ID tokens", async () => {
    const issuer = await start();
    const idToken = decodeJwt(
      await issuer.idToken({ givenName: "Ada", nonce: "n1", organizations: ["org_a"] }),
    );
    expect(idToken).toMatchObject({
      aud: ["bookstore-web"],
      given_name: "Ada",
      name: "Ada Reader",
      nonce: "n1",
      org_codes: ["org_a"],
    });
    expect(decodeJwt(await issuer.token())).not.toHaveProperty("email");
  });

  it.each(["RS256", "PS256", "ES256", "EdDSA"])("are signed with %s when asked", async (algorithm) => {
    const issuer = await start({ algorithm });
    await expect(verify(issuer, await issuer.token())).resolves.toBeDefined();
    expect(issuer.keys().keys[0]).toMatchObject({ alg: algorithm, use: "sig" });
    expect(issuer.keys().keys[0]).not.toHaveProperty("d");
  });
});

describe("bad tokens", () => {
  it("are refused by a verifier of the field, except those that need closer looking", async () => {
    const issuer = await start();
    // jose decodes base64 leniently and checks type, size and presence of `exp` only when told to.
    const closer = new Set([
      ...["logout_token", "dpop_proof", "no_expiry", "too_large"],
      ...["padded_base64", "noncanonical_base64"],
    ]);
    for (const [name, { make }] of Object.entries(issuer.badTokens)) {
      const verdict = verify(issuer, await make()).then(
        () => "verified",
        () => "refused",
      );
      expect([name, await verdict]).toEqual([name, closer.has(name) ? "verified" : "refused"]);
    }
  });

  it("are named and coded", async () => {
    const issuer = await start();
    expect(issuer.badTokens.expired).toMatchObject({ code: "token_expired" });
    expect(decodeJwt(await issuer.badToken("empty_audience")).aud).toEqual([]);
  });

  it.each(["ES256", "ES384", "EdDSA"])("exist for %s too", async (algorithm) => {
    const issuer = await start({ algorithm });
    for (const { make } of Object.values(issuer.badTokens)) expect(await make()).not.toBe("");
    const signature = (await issuer.badToken("noncanonical_base64")).split(".")[2] ?? "";
    expect(Buffer.from(signature, "base64url").toString("base64url")).not.toBe(signature);
    expect(decodeProtectedHeader(await issuer.badToken("other_algorithm")).alg).not.toBe(algorithm);
  });

  it("do not ask the issuer for anything", async () => {
    const issuer = await start();
    for (const { make } of Object.values(issuer.badTokens)) await make();
    expect(issuer.requests).toEqual({ discovery: 0, jwks: 0, other: 0 });
  });
});

describe("the clock", () => {
  it("dates tokens, and moves without waiting", async () => {
    const issuer = await start();
    const jwt = await issuer.token({ expiresIn: 60 });
    await expect(verify(issuer, jwt)).resolves.toBeDefined();
    issuer.clock.advance(61);
    await expect(verify(issuer, jwt)).rejects.toThrow(/exp/);
    await expect(verify(issuer, await issuer.token({ expiresIn: 60 }))).resolves.toBeDefined();
  });

  it("stands still where it was set until it is reset", async () => {
    const { clock, ...issuer } = await start();
    clock.set(1_700_000_000_000);
    expect(decodeJwt(await issuer.token()).iat).toBe(1_700_000_000);
    clock.advance(-1);
    expect(clock.now()).toBe(1_699_999_999_000);
    clock.reset();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  });
});

describe("keys", () => {
  it("rotate: new tokens use the new key and old ones verify until theirs is removed", async () => {
    const issuer = await start();
    const old = await issuer.token();
    const { kid, previousKid } = await issuer.rotateKey();
    expect(issuer.keys().keys.map((key) => key.kid)).toEqual([kid, previousKid]);
    expect(decodeProtectedHeader(await issuer.token()).kid).toBe(kid);
    await expect(verify(issuer, old)).resolves.toBeDefined();
    issuer.removeKey(previousKid);
    await expect(verify(issuer, old)).rejects.toThrow();
    expect(() => issuer.removeKey(previousKid)).toThrow(`the published ones are ${kid}`);
  });

  it("may be joined by any JSON object", async () => {
    const issuer = await start();
    issuer.addRawKey({ kty: "oct", k: "c2VjcmV0" });
    const published = (await (await fetch(issuer.jwksUri)).json()) as { keys: object[] };
    expect(published.keys).toHaveLength(2);
    expect(published.keys[1]).toEqual({ kty: "oct", k: "c2VjcmV0" });
  });
});

describe("an issuer of the internet", () => {
  it("is reached under its own name by the issuer's fetch", async () => {
    const issuer = await start({ issuer: "https://bookstore.kinde.com" });
    const answer = await issuer.fetch("https://bookstore.kinde.com/.well-known/openid-configuration");
    expect(await answer.json()).toMatchObject({
      issuer: "https://bookstore.kinde.com",
      jwks_uri: issuer.jwksUri,
    });
    expect((await issuer.fetch(issuer.jwksUri)).status).toBe(200);
    expect(decodeJwt(await issuer.token()).iss).toBe("https://bookstore.kinde.com");
  });
});

it("says which bad tokens there are when one is misspelt", async () => {
  const issuer = await start();
  await expect(issuer.badToken("expird" as never)).rejects.toThrow(
    /none named expird\. There are: .*expired/,
  );
});

it("says that a port is taken", async () => {
  const issuer = await start();
  const port = Number(new URL(issuer.url).port);
  await expect(createTestIssuer({ port })).rejects.toThrow(`port ${port} is taken: leave out \`port\``);
});

it("closes twice, and with `await using`", async () => {
  const issuer = await start();
  await issuer.close();
  await issuer.close();
  await expect(fetch(issuer.jwksUri)).rejects.toThrow();
  const url = await (async () => {
    await using disposed = await createTestIssuer();
    return disposed.jwksUri;
  })();
  await expect(fetch(url)).rejects.toThrow();
});
