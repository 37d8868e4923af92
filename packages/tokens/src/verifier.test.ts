import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  AUDIENCE,
  base64url,
  goodClaims,
  ISSUER,
  keySet,
  NOW,
  signatureOver,
  signed,
  testKey,
} from "../test/mint.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import { TokenError, type TokenErrorCode } from "./token-error.ts";
import { isTokenError } from "./token-error-codes.ts";
import type { VerifiedToken } from "./verified-token.ts";
import { createVerifier, type Verifier } from "./verifier.ts";
import type { VerifierOptions } from "./verifier-options.ts";

const key = testKey();
const other = testKey("RS256", "key-2");

function offline<Claims extends object = JwtClaims>(
  options: Partial<VerifierOptions<Claims>> = {},
): Verifier<Claims> {
  return createVerifier<Claims>({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: keySet(key),
    clock: () => NOW,
    ...options,
  } as VerifierOptions<Claims>);
}

const token = (claims: Record<string, unknown> = {}, header: object = {}): string =>
  signed(key, goodClaims(claims), header);

async function refused<Claims extends object>(verifier: Verifier<Claims>, jwt: unknown): Promise<TokenError> {
  const verdict = await verifier.tryVerify(jwt as string);
  if (verdict.ok) throw new Error("the token was accepted");
  return verdict.error;
}

async function codeOf<Claims extends object>(
  verifier: Verifier<Claims>,
  jwt: unknown,
): Promise<TokenErrorCode> {
  return (await refused(verifier, jwt)).code;
}

describe("a good token", () => {
  it("gives its claims and what they mean", async () => {
    const jwt = token({
      scope: "openid email",
      scp: ["openid", "email"],
      roles: [{ id: "1", key: "admin" }],
    });
    const verified = await offline().verify(jwt);
    expect(verified).toMatchObject({
      issuer: ISSUER,
      subject: "kp_1",
      audience: [AUDIENCE],
      clientId: "bookstore-web",
      expiresAt: NOW / 1000 + 3600,
      permissions: ["read:books"],
      scopes: ["openid", "email"],
      roles: ["admin"],
      organization: "org_1",
    });
    expect(verified.claims.sub).toBe("kp_1");
    expect(verified.header).toEqual({ alg: "RS256", typ: "at+jwt", kid: "key-1" });
    expect(verified.getPermission("read:books")).toEqual({ orgCode: "org_1", isGranted: true });
    expect(verified.getClaim("azp")).toEqual({ name: "azp", value: "bookstore-web" });
    expect(() => verified.getUserDetails()).toThrow(/userinfo/);
  });

  it("carries the token's text nowhere", async () => {
    const jwt = token();
    const verified = await offline().verify(jwt);
    const signature = jwt.slice(jwt.lastIndexOf(".") + 1);
    expect(JSON.stringify(verified)).not.toContain(signature.slice(0, 16));
    expect(Object.values(verified)).not.toContain(jwt);
  });

  it("is frozen through and through", async () => {
    const verified = await offline().verify(token({ nested: { list: [{ deep: 1 }] } }));
    const claims = verified.claims as { nested: { list: { deep: number }[] } };
    for (const part of [
      verified,
      verified.claims,
      claims.nested,
      claims.nested.list,
      claims.nested.list[0],
      verified.permissions,
      verified.audience,
      verified.header,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each(["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt", undefined])(
    "may have typ %s",
    async (typ) => {
      expect((await offline().tryVerify(token({}, { typ }))).ok).toBe(true);
    },
  );

  it("may have an audience that is a string, or several of which one matches", async () => {
    expect((await offline().tryVerify(token({ aud: AUDIENCE }))).ok).toBe(true);
    expect((await offline().tryVerify(token({ aud: ["x", AUDIENCE] }))).ok).toBe(true);
    expect((await offline({ audience: ["y", AUDIENCE] }).tryVerify(token())).ok).toBe(true);
  });

  it("may lack a kid when one key fits", async () => {
    expect((await offline().tryVerify(token({}, { kid: undefined }))).ok).toBe(true);
    expect((await offline({ keys: keySet(other, key) }).tryVerify(token({}, { kid: undefined }))).ok).toBe(
      true,
    );
  });

  it("may be expired by less than the tolerance", async () => {
    expect((await offline().tryVerify(token({ exp: NOW / 1000 - 4 }))).ok).toBe(true);
    expect(await codeOf(offline(), token({ exp: NOW / 1000 - 6 }))).toBe("token_expired");
    expect(await codeOf(offline({ clockTolerance: 0 }), token({ exp: NOW / 1000 }))).toBe("token_expired");
  });

  it("keeps a claim named __proto__ to itself", async () => {
    const text = JSON.stringify(goodClaims()).replace("{", '{"__proto__":{"admin":true},');
    const verified = await offline().verify(signed(key, text));
    expect((verified.claims as { admin?: boolean }).admin).toBeUndefined();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe("anything but a JWT in a string", () => {
  const jwt = token();
  const cases: [what: string, value: unknown, code: TokenErrorCode, message: RegExp][] = [
    ["undefined", undefined, "token_missing", /undefined was given.*Authorization/],
    ["null", null, "token_missing", /null was given/],
    ["an empty string", "", "token_missing", /empty/],
    ["'Bearer' alone", "Bearer ", "token_missing", /empty/],
    ["the text undefined", "undefined", "token_malformed", /variable without a value/],
    ["the text null", "null", "token_malformed", /variable without a value/],
    ["the text of a Promise", "[object Promise]", "token_malformed", /Promise.*await/],
    ["the text of an object", "[object Object]", "token_malformed", /object.*access_token/],
    ["a Bearer prefix", `Bearer ${jwt}`, "token_malformed", /without 'Bearer '/],
    ["a whole header", `Authorization: Bearer ${jwt}`, "token_malformed", /what follows .Bearer ./],
    ["a lower-case prefix", `bearer ${jwt}`, "token_malformed", /without 'bearer '/],
    ["a DPoP prefix", `DPoP ${jwt}`, "token_malformed", /without 'DPoP '/],
    ["a Basic credential", "Basic dXNlcjpwYXNzd29yZA==", "token_malformed", /Basic.*access token/],
    ["quotes", `"${jwt}"`, "token_malformed", /quotes off/],
    ["a final line break", `${jwt}\n`, "token_malformed", /Trim/],
    ["an answer of the token endpoint", `{"access_token":"${jwt}"}`, "token_malformed", /access_token/],
    ["an opaque token", "mF_9.B5f-4.1JqM".replaceAll(".", ""), "token_malformed", /opaque.*audience/],
    ["two parts", jwt.split(".").slice(0, 2).join("."), "token_malformed", /2 parts/],
    ["a PEM block", "-----BEGIN PUBLIC KEY-----", "token_malformed", /PEM/],
    ["a URL", "https://bookstore.kinde.com", "token_malformed", /URL/],
    ["an encrypted JWT", "e30.YQ.YQ.YQ.YQ", "token_encrypted", /encrypted.*five parts/],
    ["a Promise", Promise.resolve(jwt), "token_malformed", /Promise.*Await/],
    ["a set of tokens", { access_token: jwt }, "token_malformed", /Pass its access_token/],
    ["a Request", new Request("https://api.bookstore.example"), "token_malformed", /request.*Authorization/],
    ["a Response", new Response("{}"), "token_malformed", /Response/],
    ["Headers", new Headers(), "token_malformed", /Headers/],
    ["an Express request", { headers: { authorization: "x" } }, "token_malformed", /request/],
    ["an object of headers", { authorization: `Bearer ${jwt}` }, "token_malformed", /headers/],
    ["decoded claims", goodClaims(), "token_malformed", /decoded claims/],
    ["a function", () => jwt, "token_malformed", /Call it/],
    ["an array", [jwt], "token_malformed", /array/],
    ["bytes", Buffer.from(jwt), "token_malformed", /bytes/],
    ["a String object", new String(jwt), "token_malformed", /String object/],
    ["a number", 7, "token_malformed", /number/],
    ["a symbol", Symbol("x"), "token_malformed", /symbol/],
    ["an object that throws", new Proxy({}, { get: () => expect.fail() }), "token_malformed", /object/],
    ["a null-prototype object", Object.create(null), "token_malformed", /object/],
  ];
  it.each(cases)("%s is named", async (_, value, code, message) => {
    const error = await refused(offline(), value);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.fix).not.toBe("");
  });

  it("is refused by the types, too", () => {
    const { verify } = offline();
    // @ts-expect-error a token set is not a JWT
    const wrong = (): unknown => verify({ access_token: jwt });
    expectTypeOf(wrong).toBeFunction();
  });
});

describe("a JWT that is not exactly as the issuer wrote it", () => {
  const [header = "", payload = "", signature = ""] = token().split(".");
  const cases: [what: string, jwt: string][] = [
    ["padding", `${header}.${payload}.${signature}==`],
    ["a line break inside", `${header}.${payload.slice(0, 9)}\n${payload.slice(9)}.${signature}`],
    ["a space inside", `${header}. ${payload}.${signature}`],
    ["a foreign character", `${header}.${payload}?.${signature}`],
    ["the standard alphabet", `${header}.${base64url({ a: "???>>>" }).replaceAll("_", "/")}.${signature}`],
    ["letters beyond ASCII", `${header}.${payload}é.${signature}`],
    ["a payload that is a list", `${header}.${base64url([])}.${signature}`],
    ["a payload that is null", `${header}.${base64url(null)}.${signature}`],
    ["a payload that is text", `${header}.${base64url('"text"')}.${signature}`],
    ["a header that is a list", `${base64url([])}.${payload}.${signature}`],
    [
      "a payload that is not UTF-8",
      `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url")}.${signature}`,
    ],
    ["a byte order mark", `${header}.${base64url("\ufeff{}")}.${signature}`],
    ["an empty payload", `${header}..${signature}`],
    ["an empty header", `.${payload}.${signature}`],
    ["nothing but dots", ".."],
    ["a kid that is a number", `${base64url({ alg: "RS256", kid: 1 })}.${payload}.${signature}`],
    [
      "a kid of 600 characters",
      `${base64url({ alg: "RS256", kid: "k".repeat(600) })}.${payload}.${signature}`,
    ],
    ["ten thousand dots", ".".repeat(10_000)],
  ];
  it.each(cases)("%s makes it malformed", async (_, jwt) => {
    expect(await codeOf(offline(), jwt)).toBe("token_malformed");
  });

  it("an unused bit in the last character makes it malformed", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(signature.at(-1) as string);
    const jwt = `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last + 1]}`;
    expect(await codeOf(offline(), jwt)).toBe("token_malformed");
  });

  it("of members that are there twice the last one counts, for every check and every reader", async () => {
    const text = JSON.stringify(goodClaims());
    const twice = (first: string): string => text.replace("{", `{${first},`);
    const last = (member: string): string => text.replace(/\}$/, `,${member}}`);
    const verified = await offline()
      .verify(
        signed(key, twice('"permissions":["everything"],"sub":"admin","iss":"x","aud":[],"exp":1,"nbf":9e9')),
      )
      .catch((error: unknown) => error as TokenError);
    // Only nbf is not written a second time, and counts.
    expect(verified).toMatchObject({ code: "token_not_yet_valid" });
    const good = await offline().verify(
      signed(key, twice('"permissions":["everything"],"sub":"admin","exp":1,"aud":[]')),
    );
    expect([good.permissions, good.subject, good.claims.sub]).toEqual([["read:books"], "kp_1", "kp_1"]);
    expect(good.getClaim("permissions").value).toEqual(["read:books"]);

    for (const [member, code] of [
      ['"exp":1', "token_expired"],
      ['"iss":"https://other.example"', "issuer_wrong"],
      ['"aud":[]', "audience_wrong"],
      ['"sub":{}', "claim_invalid"],
    ] as const) {
      const verdict = await offline().tryVerify(signed(key, last(member)));
      expect(verdict.ok ? "accepted" : verdict.error.code, member).toBe(code);
    }

    const header = (json: string): string => {
      const input = `${base64url(json)}.${base64url(goodClaims())}`;
      return `${input}.${signatureOver(key, input)}`;
    };
    expect(
      (await offline().tryVerify(header('{"alg":"none","alg":"RS256","kid":"x","kid":"key-1"}'))).ok,
    ).toBe(true);
    expect(await codeOf(offline(), header('{"alg":"RS256","kid":"key-1","alg":"none"}'))).toBe(
      "algorithm_not_allowed",
    );
    expect(await codeOf(offline(), header('{"alg":"RS256","kid":"key-1","kid":"x"}'))).toBe("key_unknown");
    expect(await codeOf(offline(), header('{"alg":"RS256","typ":"at+jwt","typ":"dpop+jwt"}'))).toBe(
      "token_type_wrong",
    );
    expect(await codeOf(offline(), header('{"alg":"RS256","crit":["x"],"crit":[]}'))).toBe(
      "critical_header_unknown",
    );
  });

  it("more than 16,384 characters are not looked at", async () => {
    expect(await codeOf(offline(), token({ padding: "x".repeat(16_000) }))).toBe("token_too_large");
    expect(await codeOf(offline(), ".".repeat(1_000_000))).toBe("token_too_large");
    expect((await offline().tryVerify(token({ padding: "x".repeat(11_000) }))).ok).toBe(true);
  });

  it("deep nesting is no danger", async () => {
    const deep = `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`;
    expect(await codeOf(offline(), signed(key, deep))).toBe("issuer_wrong");
    const nested = (levels: number): string =>
      signed(
        key,
        JSON.stringify(goodClaims()).replace("{", `{"a":${"[".repeat(levels)}${"]".repeat(levels)},`),
      );
    expect((await offline().tryVerify(nested(63))).ok).toBe(true);
    expect(await codeOf(offline(), nested(64))).toBe("claim_invalid");
    expect(await codeOf(offline(), nested(5000))).toBe("claim_invalid");
  });
});

describe("the header", () => {
  it.each([
    "none",
    "None",
    "NONE",
    "",
    "HS256",
    "HS512",
    "rs256",
    "RS256 ",
    "ES256",
    undefined,
    null,
    5,
    ["RS256"],
  ])("alg %j is not allowed", async (alg) => {
    expect(await codeOf(offline(), token({}, { alg }))).toBe("algorithm_not_allowed");
  });

  it.each([
    { crit: ["exp"] },
    { crit: [] },
    { crit: "b64" },
    { crit: null },
    { crit: ["b64"], b64: true },
    { b64: false },
    { b64: true },
    { zip: "DEF" },
  ])("%j is refused by name", async (header) => {
    const error = await refused(offline(), token({}, header));
    expect(error.code).toBe("critical_header_unknown");
    expect(error.message).toContain(Object.keys(header)[0]);
  });

  it.each([
    ["logout+jwt", /logout token/],
    ["application/logout+jwt", /logout token/],
    ["dpop+jwt", /DPoP proof/],
    ["secevent+jwt", /security event/],
    ["kb+jwt", /not an access token/],
    ["", /./],
    [7, /not a string/],
    [null, /not a string/],
  ])("typ %j is refused", async (typ, message) => {
    const verdict = await offline().tryVerify(token({}, { typ }));
    if (typ === "") return expect(verdict.ok).toBe(true);
    expect(verdict.ok ? "" : verdict.error.code).toBe("token_type_wrong");
    expect(verdict.ok ? "" : verdict.error.message).toMatch(message);
  });

  it("a key or the address of one in it is never used", async () => {
    const fetch = vi.fn();
    const verifier = offline({ fetch });
    const header = {
      kid: other.kid,
      jwk: other.jwk,
      jku: "https://evil.example/jwks",
      x5u: "https://evil.example",
    };
    expect(await codeOf(verifier, signed(other, goodClaims(), header))).toBe("key_unknown");
    expect(await codeOf(verifier, signed(other, goodClaims(), { ...header, kid: key.kid }))).toBe(
      "signature_invalid",
    );
    expect(fetch).not.toHaveBeenCalled();
  });

  it.each(["__proto__", "constructor", "toString", "", "../../key", "' OR 1=1 --", "key-1\u0000"])(
    "kid %j finds nothing",
    async (kid) => {
      expect(await codeOf(offline(), token({}, { kid }))).toBe("key_unknown");
    },
  );
});

describe("tokens of another kind", () => {
  it.each<[string, Record<string, unknown>]>([
    ["an ID token with at_hash", { at_hash: "x" }],
    ["an ID token with c_hash", { c_hash: "x" }],
    ["an ID token with a nonce", { nonce: "x", permissions: undefined }],
    ["an ID token without either", { azp: AUDIENCE, permissions: undefined }],
    ["an ID token of Keycloak", { typ: "ID" }],
    ["an ID token of Cognito", { token_use: "id" }],
    ["a refresh token of Keycloak", { typ: "Refresh" }],
    ["a logout token", { events: { "http://schemas.openid.net/event/backchannel-logout": {} } }],
  ])("%s is named and refused, though its audience is right", async (_, claims) => {
    const error = await refused(offline(), token(claims, { typ: "JWT" }));
    expect(error.code).toBe("token_type_wrong");
    expect(error.fix).toBe("Send the access token instead.");
  });

  it("an access token that repeats the nonce is none of them", async () => {
    expect((await offline().tryVerify(token({ nonce: "x", scope: "openid" }, { typ: "JWT" }))).ok).toBe(true);
  });

  it("the profile rfc9068 wants typ at+jwt and its claims", async () => {
    const verifier = offline({ profile: "rfc9068" });
    const claims = { client_id: "bookstore-web", jti: "1" };
    expect((await verifier.tryVerify(token(claims))).ok).toBe(true);
    expect(await codeOf(verifier, token(claims, { typ: "JWT" }))).toBe("token_type_wrong");
    for (const name of ["sub", "client_id", "iat", "jti"]) {
      const error = await refused(verifier, token({ ...claims, [name]: undefined }));
      expect([error.code, error.expected]).toEqual(["claim_missing", name]);
    }
  });
});

describe("issuer and audience", () => {
  it.each([
    "https://bookstore.kinde.com/",
    "https://bookstore.kinde.com.evil.example",
    "https://BOOKSTORE.kinde.com",
    "http://bookstore.kinde.com",
    "bookstore.kinde.com",
    "",
    undefined,
    null,
    [ISSUER],
    { iss: ISSUER },
  ])("iss %j is wrong", async (iss) => {
    expect(await codeOf(offline(), token({ iss }))).toBe("issuer_wrong");
  });

  it("a final slash is named as the only difference", async () => {
    expect((await refused(offline(), token({ iss: `${ISSUER}/` }))).message).toMatch(
      /differ by the final slash/,
    );
  });

  it.each([
    [[]],
    [undefined],
    [null],
    [""],
    [{ 0: AUDIENCE }],
    [[[AUDIENCE]]],
    ["https://api.bookstore.example/"],
    ["https://api.bookstore"],
    ["HTTPS://API.BOOKSTORE.EXAMPLE"],
    [["other"]],
    [true],
  ])("aud %j is wrong", async (aud) => {
    expect(await codeOf(offline(), token({ aud }))).toBe("audience_wrong");
  });

  it.each([[[AUDIENCE, 5]], [[AUDIENCE, null]], [[AUDIENCE, [AUDIENCE]]]])(
    "aud %j is invalid, though the right one is in it",
    async (aud) => {
      expect(await codeOf(offline(), token({ aud }))).toBe("claim_invalid");
    },
  );

  it.each([5, null, {}, [5]])("aud %j is invalid also where no audience is asked for", async (aud) => {
    expect(await codeOf(offline({ audience: null }), token({ aud }))).toBe("claim_invalid");
  });

  it("an empty aud says how to get one", async () => {
    const error = await refused(offline(), token({ aud: [] }));
    expect(error.found).toBe("[]");
    expect(error.fix).toMatch(/Register the API.*pass its audience/);
  });

  it("an audience that is the application is recognised as an ID token's", async () => {
    const error = await refused(offline(), token({ aud: "bookstore-web" }));
    expect([error.code, error.fix]).toEqual([
      "audience_wrong",
      expect.stringMatching(/ID token.*access token/),
    ]);
  });

  it("an empty list of accepted audiences accepts nothing", async () => {
    expect(await codeOf(offline({ audience: [] }), token())).toBe("audience_wrong");
    expect(await codeOf(offline({ audience: [] }), token({ aud: [] }))).toBe("audience_wrong");
  });

  it("audience: null accepts any", async () => {
    expect((await offline({ audience: null }).tryVerify(token({ aud: undefined }))).ok).toBe(true);
  });

  it("clientId takes the place of the audience", async () => {
    const verifier = offline({ audience: undefined, clientId: ["bookstore-web", "bookstore-app"] } as object);
    const noAudience = { aud: undefined };
    expect((await verifier.tryVerify(token({ ...noAudience, azp: "bookstore-app" }))).ok).toBe(true);
    expect(
      (await verifier.tryVerify(token({ ...noAudience, azp: undefined, client_id: "bookstore-web" }))).ok,
    ).toBe(true);
    for (const claims of [
      { azp: "other" },
      { azp: undefined },
      { azp: ["bookstore-web"] },
      { client_id: "other" },
    ]) {
      expect(await codeOf(verifier, token({ ...noAudience, ...claims }))).toBe("audience_wrong");
    }
  });

  it("with clientId an ID token of that application does not pass", async () => {
    const verifier = offline({ audience: undefined, clientId: "bookstore-web" } as object);
    const idToken = token({ aud: "bookstore-web" }, { typ: "JWT" });
    expect(await codeOf(verifier, idToken)).toBe("token_type_wrong");
    expect(await codeOf(offline({ audience: null, clientId: "bookstore-web" }), idToken)).toBe(
      "token_type_wrong",
    );
  });

  it("with both, both must match", async () => {
    const verifier = offline({ clientId: "bookstore-web" });
    expect((await verifier.tryVerify(token())).ok).toBe(true);
    expect(await codeOf(verifier, token({ azp: "other" }))).toBe("audience_wrong");
    expect(await codeOf(verifier, token({ aud: "other" }))).toBe("audience_wrong");
  });
});

describe("several issuers in one verifier", () => {
  const second = "https://second.example/";
  const verifier = createVerifier({
    issuer: [
      { issuer: ISSUER, keys: keySet(key) },
      {
        issuer: second,
        keys: keySet(other, testKey("ES256")),
        audience: "second",
        algorithms: ["ES256", "RS256"],
      },
    ],
    audience: AUDIENCE,
    clock: () => NOW,
  });

  it("each has its own keys, audience and algorithms", async () => {
    expect((await verifier.verify(token())).issuer).toBe(ISSUER);
    const ofSecond = goodClaims({ iss: second, aud: "second" });
    expect((await verifier.verify(signed(other, ofSecond))).issuer).toBe(second);
    expect((await verifier.tryVerify(signed(testKey("ES256"), ofSecond))).ok).toBe(true);

    expect(await codeOf(verifier, signed(other, goodClaims()))).toBe("key_unknown");
    expect(await codeOf(verifier, signed(key, ofSecond))).toBe("key_unusable");
    expect(await codeOf(verifier, signed(other, goodClaims({ iss: second })))).toBe("audience_wrong");
    expect(await codeOf(verifier, signed(testKey("ES256"), goodClaims()))).toBe("algorithm_not_allowed");
    expect((await refused(verifier, token({ iss: "https://third.example" }))).expected).toBe(
      `'${ISSUER}' or '${second}'`,
    );
  });
});

describe("time", () => {
  it.each(["1", null, true, [1], { a: 1 }])("exp %j is not a time", async (exp) => {
    expect(await codeOf(offline(), token({ exp }))).toBe("claim_invalid");
  });

  it("an exp beyond all numbers is not a time", async () => {
    const text = JSON.stringify(goodClaims()).replace(/"exp":\d+/, '"exp":1e999');
    expect(await codeOf(offline(), signed(key, text))).toBe("claim_invalid");
  });

  it("exp is required", async () => {
    expect(await codeOf(offline(), token({ exp: undefined }))).toBe("claim_missing");
  });

  it("absurd times are refused without harm", async () => {
    expect(await codeOf(offline(), token({ exp: -1e300 }))).toBe("token_expired");
    expect(await codeOf(offline(), token({ nbf: 1e300 }))).toBe("token_not_yet_valid");
  });

  it("nbf in the future is refused, as is one that is no time", async () => {
    expect(await codeOf(offline(), token({ nbf: NOW / 1000 + 6 }))).toBe("token_not_yet_valid");
    expect((await offline().tryVerify(token({ nbf: NOW / 1000 + 4 }))).ok).toBe(true);
    expect(await codeOf(offline(), token({ nbf: "soon" }))).toBe("claim_invalid");
  });

  it("maxTokenAge refuses old tokens and needs iat", async () => {
    const verifier = offline({ maxTokenAge: 300 });
    expect((await verifier.tryVerify(token({ iat: NOW / 1000 - 300 }))).ok).toBe(true);
    expect(await codeOf(verifier, token({ iat: NOW / 1000 - 306 }))).toBe("token_too_old");
    expect(await codeOf(verifier, token({ iat: NOW / 1000 + 60 }))).toBe("token_not_yet_valid");
    expect(await codeOf(verifier, token({ iat: undefined }))).toBe("claim_missing");
    expect(await codeOf(offline(), token({ iat: "yesterday" }))).toBe("claim_invalid");
  });

  it.each([() => Number.NaN, () => expect.fail("the clock is broken")])(
    "a broken clock lets nobody in",
    async (clock) => {
      expect(await codeOf(offline({ clock }), token())).toBe("token_expired");
    },
  );
});

describe("claims", () => {
  const schema: StandardSchemaV1<unknown, { sub: string; tenant: string }> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const { sub, tenant } = value as { sub: string; tenant?: unknown };
        return typeof tenant === "string"
          ? { value: { sub, tenant: tenant.toUpperCase() } }
          : {
              issues: [
                { message: `tenant is ${String(tenant)}, a secret`, path: [{ key: "tenant" }, "name"] },
              ],
            };
      },
    },
  };

  it("required ones must be there, and not null", async () => {
    const verifier = offline({ requiredClaims: ["tenant"] });
    expect((await verifier.tryVerify(token({ tenant: false }))).ok).toBe(true);
    expect(await codeOf(verifier, token())).toBe("claim_missing");
    expect(await codeOf(verifier, token({ tenant: null }))).toBe("claim_missing");
    expect(await codeOf(offline({ requiredClaims: ["toString"] }), token())).toBe("claim_missing");
  });

  it.each(["sub", "jti", "client_id", "azp"])("%s must be a string", async (name) => {
    expect(await codeOf(offline(), token({ [name]: { $ne: null } }))).toBe("claim_invalid");
  });

  it("a schema types them, and the readers still see everything", async () => {
    const verified = await offline({ claims: schema }).verify(token({ tenant: "acme" }));
    expectTypeOf(verified.claims).toEqualTypeOf<{ sub: string; tenant: string }>();
    expect(verified.claims).toEqual({ sub: "kp_1", tenant: "ACME" });
    expect(verified.permissions).toEqual(["read:books"]);
    expect(verified.getClaim("tenant").value).toBe("acme");
  });

  it("a schema refuses with the place, never with the value", async () => {
    const error = await refused(offline({ claims: schema }), token({ tenant: 12345 }));
    expect(error.code).toBe("claim_invalid");
    expect(error.message).toContain("tenant.name");
    expect(JSON.stringify(error)).not.toMatch(/12345|secret/);
  });

  it("a schema may be asynchronous, and one that throws refuses", async () => {
    const standard = schema["~standard"];
    const asynchronous = {
      "~standard": { ...standard, validate: async (v: unknown) => standard.validate(v) },
    };
    expect((await offline({ claims: asynchronous }).verify(token({ tenant: "a" }))).claims.tenant).toBe("A");
    const broken = { "~standard": { ...standard, validate: () => expect.fail("broken") } };
    expect(await codeOf(offline({ claims: broken }), token())).toBe("claim_invalid");
  });

  it("a schema never sees a token whose signature is not valid", async () => {
    const validate = vi.fn(schema["~standard"].validate);
    const verifier = offline({ claims: { "~standard": { ...schema["~standard"], validate } } });
    const forged = signed(other, goodClaims({ tenant: "x" }), { kid: key.kid });
    expect(await codeOf(verifier, forged)).toBe("signature_invalid");
    await verifier.explain(forged);
    expect(validate).not.toHaveBeenCalled();
  });
});

describe("a token that is bound to a key of its sender", () => {
  it.each([
    { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" },
    { "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" },
    { other: 1 },
  ])("says so to whoever takes it: cnf %j", async (cnf) => {
    const jwt = token({ cnf });
    const verified = await offline().verify(jwt);
    expect(verified.confirmation).toEqual(cnf);
    expect(Object.isFrozen(verified.confirmation)).toBe(true);
    const { checks } = await offline().explain(jwt);
    expect(checks.find(({ check }) => check === "claims")?.found).toContain(
      `bound to a key of its sender (cnf '${Object.keys(cnf)[0]}')`,
    );
  });

  it("says nothing of the kind without cnf", async () => {
    expect((await offline().verify(token())).confirmation).toBeUndefined();
  });

  it.each([null, "x", 5, ["jkt"], true])("is refused when its cnf is %j", async (cnf) => {
    expect(await codeOf(offline(), token({ cnf }))).toBe("claim_invalid");
  });
});

describe("a rule of one's own", () => {
  const refuse = (token: VerifiedToken) =>
    token.organization === "org_1"
      ? { message: 'The organization is "closed".', fix: "Reopen it." }
      : undefined;

  it("refuses with its message, made fit for a header", async () => {
    const error = await refused(offline({ rule: refuse }), token());
    expect([error.code, error.message, error.fix]).toEqual([
      "rule_failed",
      "The organization is 'closed'. Reopen it.",
      "Reopen it.",
    ]);
    expect((await offline({ rule: refuse }).tryVerify(token({ org_code: "org_2" }))).ok).toBe(true);
  });

  it("may be asynchronous", async () => {
    const verifier = offline({ rule: async (token) => refuse(token) });
    expect(await codeOf(verifier, token())).toBe("rule_failed");
    expect((await verifier.tryVerify(token({ org_code: "org_2" }))).ok).toBe(true);
  });

  it.each([
    ["false", () => false],
    ["an empty object", () => ({})],
    ["a promise of false", async () => false],
    ["a number", () => 0],
    ["throwing", () => expect.fail("no")],
    ["rejecting", async () => expect.fail("no")],
  ])("refuses by %s", async (_, rule) => {
    expect(await codeOf(offline({ rule: rule as never }), token())).toBe("rule_failed");
  });

  it("may throw a TokenError of its own choice", async () => {
    const rule = (): never => {
      throw new TokenError("keys_unavailable", "The store is away.", { fix: "Wait.", retryAfter: 3 });
    };
    expect(await refused(offline({ rule }), token())).toMatchObject({
      code: "keys_unavailable",
      retryAfter: 3,
    });
  });

  it("runs last, and on every call, also for a token that is known", async () => {
    let open = true;
    const rule = vi.fn(() => open);
    const verifier = offline({ rule });
    await refused(verifier, token({ aud: [] }));
    expect(rule).not.toHaveBeenCalled();
    const jwt = token();
    expect((await verifier.tryVerify(jwt)).ok).toBe(true);
    expect((await verifier.tryVerify(jwt)).ok).toBe(true);
    open = false;
    expect(await codeOf(verifier, jwt)).toBe("rule_failed");
    expect(rule).toHaveBeenCalledTimes(3);
  });
});

describe("the cache of verified tokens", () => {
  it("gives the same frozen token again, for the same text in another string", async () => {
    const verifier = offline();
    const jwt = token();
    const first = await verifier.verify(jwt);
    expect(await verifier.verify(Buffer.from(jwt).toString())).toBe(first);
    expect(await offline({ cache: false }).verify(jwt)).not.toBe(first);
  });

  it("looks at the time again on every use", async () => {
    let now = NOW;
    const verifier = offline({ clock: () => now, maxTokenAge: 600 });
    const jwt = token({ iat: NOW / 1000, exp: NOW / 1000 + 300, nbf: NOW / 1000 });
    expect((await verifier.tryVerify(jwt)).ok).toBe(true);
    now = NOW + 306_000;
    expect(await codeOf(verifier, jwt)).toBe("token_expired");
    now = NOW - 60_000;
    expect(await codeOf(verifier, jwt)).toBe("token_not_yet_valid");
    now = NOW;
    expect((await verifier.tryVerify(jwt)).ok).toBe(true);
  });

  it("is not fooled by a token that shares the signature", async () => {
    const verifier = offline();
    const jwt = token();
    await verifier.verify(jwt);
    const [header, , signature] = jwt.split(".");
    expect(await codeOf(verifier, `${header}.${base64url(goodClaims({ sub: "admin" }))}.${signature}`)).toBe(
      "signature_invalid",
    );
  });
});

describe("errors", () => {
  it("are values with code, found, expected and fix, and have no stack to speak of", async () => {
    const error = await offline()
      .verify(token({ aud: [] }))
      .catch((thrown: unknown) => thrown);
    expect(isTokenError(error)).toBe(true);
    expect((error as TokenError).toJSON()).toEqual({
      name: "TokenError",
      code: "audience_wrong",
      message: (error as TokenError).message,
      found: "[]",
      expected: `'${AUDIENCE}'`,
      fix: expect.stringMatching(/./),
    });
    expect((error as TokenError).stack ?? "").not.toMatch(/\n\s+at /);
  });

  it("leave other errors their stacks", async () => {
    await refused(offline(), "x");
    expect(new Error("x").stack).toMatch(/\n\s+at /);
  });

  it("are told from others, also across copies of the package", () => {
    const foreign = Object.assign(new Error("x"), { name: "TokenError", code: "token_expired" });
    expect(isTokenError(foreign)).toBe(true);
    expect(isTokenError(Object.assign(new Error("x"), { code: "token_expired" }))).toBe(false);
    expect(isTokenError(undefined)).toBe(false);
  });

  it("fit a WWW-Authenticate header, whatever the token says", async () => {
    const nasty = 'a"b\\c\r\nSet-Cookie: x\u0000é🙂';
    for (const jwt of [
      token({}, { alg: nasty }),
      token({}, { typ: nasty }),
      token({}, { kid: nasty }),
      token({}, { crit: [nasty] }),
      token({ iss: nasty }),
      token({ aud: [nasty, [nasty], { nasty }] }),
      token({ aud: nasty.repeat(100) }),
    ]) {
      const { message, found } = await refused(offline(), jwt);
      expect(message).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
      expect(message.length).toBeLessThan(600);
      expect(found).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  it("do not repeat a token that someone put into a claim", async () => {
    const inner = token();
    const { message } = await refused(offline(), token({ aud: [inner] }));
    expect(message).not.toContain(inner.slice(0, 16));
  });
});
