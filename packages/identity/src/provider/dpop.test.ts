import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDpopKey, type DpopKey, dpopNonce, dpopTokenRequest } from "../../test/dpop.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  claimsOf,
  exchange,
  ORIGIN,
  REDIRECT_URI,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  type TokenAnswer,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;
let endpoint: string;
let key: DpopKey;
let otherKey: DpopKey;

beforeAll(async () => {
  running = await startIdentity();
  issuer = running.issuer;
  endpoint = `${issuer}/oauth2/token`;
  key = await createDpopKey();
  otherKey = await createDpopKey();
});
afterAll(async () => {
  await running.identity.close();
});

async function codeForm(parameters: Record<string, string> = {}): Promise<Record<string, string>> {
  const request = authorizationRequest(issuer, parameters);
  const callback = await signIn(running.browser(), request);
  return {
    grant_type: "authorization_code",
    code: callback.searchParams.get("code") ?? "",
    redirect_uri: REDIRECT_URI,
    code_verifier: request.verifier,
  };
}

const boundTokens = async (): Promise<TokenAnswer> => await dpopTokenRequest(issuer, key, await codeForm());
const refreshForm = (token: string) => ({ grant_type: "refresh_token", refresh_token: token });

describe("the token endpoint", () => {
  test("binds tokens to the key that the application proves", async () => {
    const { status, body } = await boundTokens();
    expect(status).toBe(200);
    expect(body.token_type).toBe("DPoP");
    expect(claimsOf(body.access_token).cnf).toEqual({ jkt: key.jkt });
    const renewed = await dpopTokenRequest(issuer, key, refreshForm(body.refresh_token));
    expect(claimsOf(renewed.body.access_token).cnf).toEqual({ jkt: key.jkt });
  });

  test("wants a nonce of its own in the proof, and shows it to the application's page", async () => {
    const form = await codeForm();
    const refused = await tokenRequest(issuer, form, { headers: { dpop: await key.proof(endpoint) } });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toBe("use_dpop_nonce");
    expect(refused.headers.get("access-control-expose-headers")).toContain("DPoP-Nonce");
    const nonce = refused.headers.get("dpop-nonce") ?? "";
    const dpop = await key.proof(endpoint, { nonce });
    expect((await tokenRequest(issuer, form, { headers: { dpop } })).status).toBe(200);

    const invented = await key.proof(endpoint, { nonce: "A".repeat(nonce.length) });
    const again = await tokenRequest(issuer, await codeForm(), { headers: { dpop: invented } });
    expect(again.body.error).toBe("use_dpop_nonce");
  });

  test("lets the pages of an application send the header", async () => {
    const preflight = await fetch(endpoint, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "dpop",
      },
    });
    expect(preflight.headers.get("access-control-allow-headers")).toContain("dpop");
  });

  test("refuses a proof that was used before", async () => {
    const nonce = await dpopNonce(issuer, key);
    const dpop = await key.proof(endpoint, { nonce });
    const forms = [await codeForm(), await codeForm()];
    const [first, second] = [
      await tokenRequest(issuer, forms[0] ?? {}, { headers: { dpop } }),
      await tokenRequest(issuer, forms[1] ?? {}, { headers: { dpop } }),
    ];
    expect(first.status).toBe(200);
    expect(second.body).toMatchObject({ error: "invalid_grant" });
  });

  test.each<[string, (nonce: string) => Promise<string>]>([
    ["for another method", (nonce) => key.proof(endpoint, { nonce, method: "GET" })],
    ["for another address", (nonce) => key.proof(`${issuer}/oauth2/par`, { nonce })],
    ["for another server", (nonce) => key.proof("https://evil.example/oauth2/token", { nonce })],
    ["without an id", (nonce) => key.proof(endpoint, { nonce, claims: { jti: undefined } })],
    ["of another type", (nonce) => key.proof(endpoint, { nonce, header: { typ: "JWT" } })],
    ["that is no JWT", async () => "nonsense"],
    [
      "whose signature is another's",
      async (nonce) => {
        const [head] = (await key.proof(endpoint, { nonce })).split(".");
        const [, payload, signature] = (await otherKey.proof(endpoint, { nonce })).split(".");
        return [head, payload, signature].join(".");
      },
    ],
    [
      "that is not signed",
      async (nonce) => {
        const [, payload] = (await key.proof(endpoint, { nonce })).split(".");
        const head = Buffer.from('{"alg":"none","typ":"dpop+jwt"}').toString("base64url");
        return `${head}.${payload}.`;
      },
    ],
  ])("refuses a proof %s", async (_title, make) => {
    const dpop = await make(await dpopNonce(issuer, key));
    const form = await codeForm();
    const refused = await tokenRequest(issuer, form, { headers: { dpop } });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toBe("invalid_dpop_proof");
    expect(refused.body.access_token).toBeUndefined();
  });
});

describe("a bound refresh token", () => {
  test("is no good without the key, and trying does not harm its owner", async () => {
    const { body } = await boundTokens();
    const bare = await refresh(issuer, body.refresh_token);
    expect(bare.body.error).toBe("invalid_grant");
    const foreign = await dpopTokenRequest(issuer, otherKey, refreshForm(body.refresh_token));
    expect(foreign.body.error).toBe("invalid_grant");
    expect((await dpopTokenRequest(issuer, key, refreshForm(body.refresh_token))).status).toBe(200);
  });

  test("gets the same successor for a moment with the same key, and with no other", async () => {
    const { body } = await boundTokens();
    const form = refreshForm(body.refresh_token);
    const nonce = await dpopNonce(issuer, key);
    const dpop = await key.proof(endpoint, { nonce });
    const first = await tokenRequest(issuer, form, { headers: { dpop } });

    const second = await tokenRequest(issuer, form, {
      headers: { dpop: await key.proof(endpoint, { nonce }) },
    });
    expect(second.body.refresh_token).toBe(first.body.refresh_token);

    expect((await refresh(issuer, body.refresh_token)).body.error).toBe("invalid_grant");
    expect((await dpopTokenRequest(issuer, otherKey, form)).body.error).toBe("invalid_grant");
    const replayed = await tokenRequest(issuer, form, { headers: { dpop } });
    expect(replayed.body.error).toBe("invalid_grant");
    expect(replayed.body.refresh_token).toBeUndefined();
    expect((await dpopTokenRequest(issuer, key, refreshForm(first.body.refresh_token))).status).toBe(200);
  });

  test("that is used again later ends the grant, proof or no proof", async () => {
    const { body } = await boundTokens();
    const form = refreshForm(body.refresh_token);
    const first = await dpopTokenRequest(issuer, key, form);
    const second = await dpopTokenRequest(issuer, key, refreshForm(first.body.refresh_token));
    expect((await dpopTokenRequest(issuer, key, form)).body.error).toBe("invalid_grant");
    const after = await dpopTokenRequest(issuer, key, refreshForm(second.body.refresh_token));
    expect(after.body.error).toBe("invalid_grant");
  });
});

describe("an unbound refresh token", () => {
  test("whose answer was a bearer token is not answered again with a proof of any key", async () => {
    const { body } = await tokensFor(running);
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
    const other = await dpopTokenRequest(issuer, key, refreshForm(body.refresh_token));
    expect(other.body.error).toBe("invalid_grant");
  });
});

describe("an authorization request may name the key", () => {
  const pushed = async (form: Record<string, string>, dpop?: string) => {
    const request = authorizationRequest(issuer, form);
    const response = await fetch(`${issuer}/oauth2/par`, {
      method: "POST",
      headers: dpop === undefined ? {} : { dpop },
      body: new URL(request.url).searchParams,
    });
    const body = (await response.json()) as { request_uri: string; error?: string };
    const query = new URLSearchParams({ client_id: CLIENT_ID, request_uri: body.request_uri });
    return { request, body, url: `${issuer}/oauth2/auth?${query}` };
  };

  test.each(["a parameter", "a pushed parameter", "a proof at the push"])(
    "by %s; its code is then for that key",
    async (how) => {
      const nonce = await dpopNonce(issuer, key);
      const proof = await key.proof(`${issuer}/oauth2/par`, { nonce });
      const named = { dpop_jkt: key.jkt };
      const { request, url } = how.includes("push")
        ? await pushed(
            how === "a proof at the push" ? {} : named,
            how.startsWith("a proof") ? proof : undefined,
          )
        : { request: authorizationRequest(issuer, named), url: authorizationRequest(issuer, named).url };
      const start = how.includes("push") ? { ...request, url } : request;
      const form = async () => ({
        grant_type: "authorization_code",
        redirect_uri: REDIRECT_URI,
        code_verifier: start.verifier,
      });
      const callback = await signIn(running.browser(), start);
      const code = callback.searchParams.get("code") ?? "";
      const other = await dpopTokenRequest(issuer, otherKey, { ...(await form()), code });
      expect(other.body.error).toBe("invalid_grant");

      const again = how.includes("push")
        ? await pushed(named)
        : { request: authorizationRequest(issuer, named), url: undefined };
      const next = { ...again.request, ...(again.url === undefined ? {} : { url: again.url }) };
      const good = await signIn(running.browser(), next);
      const answer = await dpopTokenRequest(issuer, key, {
        grant_type: "authorization_code",
        redirect_uri: REDIRECT_URI,
        code_verifier: next.verifier,
        code: good.searchParams.get("code") ?? "",
      });
      expect(claimsOf(answer.body.access_token).cnf).toEqual({ jkt: key.jkt });

      const bare = authorizationRequest(issuer, named);
      const bareAnswer = await exchange(issuer, bare, await signIn(running.browser(), bare));
      expect(bareAnswer.body.error).toBe("invalid_grant");
    },
  );

  test("and a proof of another is refused", async () => {
    const nonce = await dpopNonce(issuer, key);
    const { body } = await pushed(
      { dpop_jkt: key.jkt },
      await otherKey.proof(`${issuer}/oauth2/par`, { nonce }),
    );
    expect(body.error).toBe("invalid_request");
  });
});

describe("userinfo", () => {
  const address = () => `${issuer}/oauth2/v2/user_profile`;
  const ask = (token: string, dpop: string | undefined, scheme = "DPoP", method = "GET") =>
    fetch(address(), {
      method,
      headers: { authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) },
    });

  test("takes a bound token with its proof", async () => {
    const { body } = await boundTokens();
    const options = { method: "GET", accessToken: body.access_token };
    const response = await ask(body.access_token, await key.proof(address(), options));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ email: "ada@example.com" });
    const withQuery = await fetch(`${address()}?x=1`, {
      headers: {
        authorization: `DPoP ${body.access_token}`,
        dpop: await key.proof(`${address()}?y=2`, options),
      },
    });
    expect(withQuery.status).toBe(200);
  });

  test("refuses a bound token as a bearer token, and a bearer token with a proof", async () => {
    const { body } = await boundTokens();
    const options = { method: "GET", accessToken: body.access_token };
    const bare = await ask(body.access_token, undefined, "Bearer");
    expect(bare.status).toBe(401);
    expect(bare.headers.get("www-authenticate")).toContain('error="invalid_token"');
    const alike = await ask(body.access_token, await key.proof(address(), options), "Bearer");
    expect(alike.status).toBe(401);

    const bearer = (await tokensFor(running)).body.access_token;
    const proof = await key.proof(address(), { method: "GET", accessToken: bearer });
    const refused = await ask(bearer, proof);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(/^DPoP .*algs="ES256/);
  });

  test("refuses every other proof than the one for this request", async () => {
    const { body } = await boundTokens();
    const accessToken = body.access_token;
    const good = { method: "GET", accessToken };
    const now = Math.floor(Date.now() / 1000);
    const wrong = [
      undefined,
      "nonsense",
      await otherKey.proof(address(), good),
      await key.proof(address(), { method: "POST", accessToken }),
      await key.proof(`${issuer}/oauth2/userinfo`, good),
      await key.proof("https://api.bookstore.example/oauth2/v2/user_profile", good),
      await key.proof(address(), { method: "GET" }),
      await key.proof(address(), { method: "GET", accessToken: body.id_token }),
      await key.proof(address(), { ...good, claims: { iat: now - 3600 } }),
      await key.proof(address(), { ...good, claims: { iat: now + 3600 } }),
      await key.proof(address(), { ...good, claims: { jti: undefined } }),
      await key.proof(address(), { ...good, header: { typ: "JWT" } }),
      `${await key.proof(address(), good)}, ${await key.proof(address(), good)}`,
    ];
    for (const [index, proof] of wrong.entries()) {
      const response = await ask(accessToken, proof);
      expect(response.status, `proof ${index}`).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(/^DPoP realm=/);
    }
    const once = await key.proof(address(), good);
    expect((await ask(accessToken, once)).status).toBe(200);
    expect((await ask(accessToken, once)).status).toBe(401);
  });
});

test("introspection says what a token is bound to, and revocation works on it", async () => {
  const { body } = await boundTokens();
  const post = (path: string) =>
    fetch(issuer + path, {
      method: "POST",
      body: new URLSearchParams({ token: body.access_token, client_id: CLIENT_ID }),
    });
  expect(await (await post("/oauth2/introspect")).json()).toMatchObject({
    active: true,
    token_type: "DPoP",
    cnf: { jkt: key.jkt },
  });
  expect((await post("/oauth2/revoke")).status).toBe(200);
  expect(await (await post("/oauth2/introspect")).json()).toEqual({ active: false });
});

test("the header may hold anything, and is answered with the server's own words", async () => {
  for (const value of ["x", "a.b.c", "x".repeat(7_000), "{}", "__proto__", `${"e30."}`.repeat(3)]) {
    const refused = await tokenRequest(issuer, refreshForm("x"), { headers: { dpop: value } });
    expect(refused.status, value.slice(0, 30)).toBe(400);
    if (value.length > 3) expect(JSON.stringify(refused.body)).not.toContain(value);
    const pushed = await fetch(`${issuer}/oauth2/par`, {
      method: "POST",
      headers: { dpop: value },
      body: new URL(authorizationRequest(issuer).url).searchParams,
    });
    expect(pushed.status).toBe(400);
    const { body } = await tokensFor(running);
    const userinfo = await fetch(`${issuer}/oauth2/userinfo`, {
      headers: { authorization: `DPoP ${body.access_token}`, dpop: value },
    });
    expect(userinfo.status).toBe(401);
  }
  expect(running.events.filter(({ type }) => type === "server_error")).toEqual([]);
});

test("discovery names the algorithms", async () => {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
  });
});
