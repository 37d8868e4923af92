import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { goodClaims, signed, testKey } from "../test/mint.ts";
import { createVerifier, type Verifier } from "./verifier.ts";
import type { VerifierOptions } from "./verifier-options.ts";

let issuer: TestIssuer;
beforeEach(async () => {
  // Its keys are made much faster than RSA keys, and a new issuer makes new ones.
  issuer = await createTestIssuer({ algorithm: "ES256" });
});
afterEach(() => issuer.close());

function online(options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    clock: issuer.clock.now,
    algorithms: ["ES256", "RS256"],
    // Each verification is to ask the key set.
    cache: false,
    ...options,
  });
}

async function outcome(verifier: Verifier, jwt: string): Promise<string> {
  const verdict = await verifier.tryVerify(jwt);
  return verdict.ok ? "accepted" : verdict.error.code;
}

const unknown = (): Promise<string> => issuer.badToken("unknown_key");

/** Milliseconds after which what hangs is given up. */
const GIVEN_UP = 3000;
/** Milliseconds that no wait may take, on however busy a machine. */
const NEVER = 15_000;

describe("fetching keys", () => {
  it("happens once for any number of callers at once", async () => {
    const verifier = online();
    const jwt = await issuer.token();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => outcome(verifier, jwt)));
    expect(new Set(outcomes)).toEqual(new Set(["accepted"]));
    expect(issuer.requests).toMatchObject({ discovery: 1, jwks: 1 });
  });

  it("does not happen for a token that is refused without it", async () => {
    const verifier = online();
    for (const name of [
      "expired",
      "wrong_audience",
      "wrong_issuer",
      "alg_none",
      "id_token",
      "malformed",
    ] as const) {
      expect(await outcome(verifier, await issuer.badToken(name))).toBe(issuer.badTokens[name].code);
    }
    expect(issuer.requests).toMatchObject({ discovery: 0, jwks: 0 });
  });

  it("does not happen before the first token, nor with keys given as data", async () => {
    online();
    const offline = online({ keys: issuer.keys() as VerifierOptions["keys"] } as object);
    expect(await outcome(offline, await issuer.token())).toBe("accepted");
    expect(issuer.requests).toMatchObject({ discovery: 0, jwks: 0 });
  });

  it("goes straight to jwksUri when that is given", async () => {
    expect(await outcome(online({ jwksUri: issuer.jwksUri }), await issuer.token())).toBe("accepted");
    expect(issuer.requests).toMatchObject({ discovery: 0, jwks: 1 });
  });

  it("happens in the background before the keys age out, and nobody waits", async () => {
    const verifier = online();
    const jwt = await issuer.token({ expiresIn: 86_400 });
    await outcome(verifier, jwt);
    issuer.clock.advance(440);
    await outcome(verifier, jwt);
    expect(issuer.requests.jwks).toBe(1);
    issuer.clock.advance(20);
    issuer.faults.jwks = "hang";
    const before = performance.now();
    expect(await outcome(verifier, jwt)).toBe("accepted");
    expect(performance.now() - before).toBeLessThan(GIVEN_UP);
    await expect.poll(() => issuer.requests.jwks).toBe(2);
    expect(issuer.requests.discovery).toBe(1);
  });
});

describe("rotation", () => {
  it("a new key is accepted at once, also right after a fetch", async () => {
    const verifier = online();
    await outcome(verifier, await issuer.token());
    await issuer.rotateKey();
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
    expect(issuer.requests.jwks).toBe(2);
  });

  it("a removed key is refused after the next successful fetch", async () => {
    const verifier = online({ cache: { maxEntries: 10 } });
    const jwt = await issuer.token({ expiresIn: 86_400 });
    expect(await outcome(verifier, jwt)).toBe("accepted");
    const { previousKid } = await issuer.rotateKey();
    issuer.removeKey(previousKid);
    expect(await outcome(verifier, jwt)).toBe("accepted");
    issuer.clock.advance(601);
    expect(await outcome(verifier, jwt)).toBe("key_unknown");
  });

  it("a removed key is refused, also by the cache, once another key's arrival has shown it", async () => {
    const verifier = online({ cache: { maxEntries: 10 } });
    const jwt = await issuer.token();
    await outcome(verifier, jwt);
    issuer.removeKey((await issuer.rotateKey()).previousKid);
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
    issuer.clock.advance(6);
    expect(await outcome(verifier, jwt)).toBe("key_unknown");
  });

  it("a thousand junk kids cost one fetch per 5 s", async () => {
    const verifier = online();
    await outcome(verifier, await issuer.token());
    const junk = await unknown();
    const [, payload, signature] = junk.split(".");
    const flood = (): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 1000 }, (_, i) => {
          const header = Buffer.from(JSON.stringify({ alg: "RS256", kid: `junk-${i}` })).toString(
            "base64url",
          );
          return outcome(verifier, `${header}.${payload}.${signature}`);
        }),
      );
    const outcomes = await flood();
    expect(issuer.requests.jwks).toBe(2);
    // Those that came while the fetch was under way are put off: their key might be newer than its answer.
    expect(new Set(outcomes)).toEqual(new Set(["key_unknown", "keys_unavailable"]));
    expect(new Set(await flood())).toEqual(new Set(["keys_unavailable"]));
    expect(issuer.requests.jwks).toBe(2);
    issuer.clock.advance(5);
    await flood();
    expect(issuer.requests.jwks).toBe(3);
  });

  it("a new key under a flood is put off for at most 5 s, not refused", async () => {
    const verifier = online();
    await outcome(verifier, await issuer.token());
    expect(await outcome(verifier, await unknown())).toBe("key_unknown");
    await issuer.rotateKey();
    const verdict = await verifier.tryVerify(await issuer.token());
    expect(verdict).toMatchObject({ ok: false, error: { code: "keys_unavailable" } });
    const retryAfter = verdict.ok ? 0 : (verdict.error.retryAfter ?? 0);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(5);
    issuer.clock.advance(retryAfter);
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
  });

  it("a key that appears during a slow fetch is not refused on that fetch's word", async () => {
    let answered = (): void => {};
    let release = Promise.resolve();
    const verifier = online({
      fetch: async (...request) => {
        const response = await fetch(...request);
        answered();
        await release;
        return response;
      },
    });
    await outcome(verifier, await issuer.token());

    let letGo = (): void => {};
    release = new Promise((resolve) => {
      letGo = resolve;
    });
    const old = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const junk = outcome(verifier, await unknown());
    await old;
    await issuer.rotateKey();
    const fresh = outcome(verifier, await issuer.token());
    letGo();
    expect(await junk).toBe("key_unknown");
    expect(await fresh).toBe("keys_unavailable");
    issuer.clock.advance(5);
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
  });

  it("two keys with one kid are both tried", async () => {
    const twin = testKey("ES256", "twin");
    const { kid } = issuer.keys().keys[0] as { kid: string };
    issuer.addRawKey({ ...twin.jwk, kid } as never);
    const verifier = online();
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
    const claims = goodClaims({
      iss: issuer.issuer,
      iat: issuer.clock.now() / 1000,
      exp: issuer.clock.now() / 1000 + 60,
    });
    expect(await outcome(verifier, signed(twin, claims, { kid }))).toBe("accepted");
    expect(await outcome(verifier, signed(testKey("ES256", "stranger"), claims, { kid }))).toBe(
      "signature_invalid",
    );
  });
});

describe("when the issuer fails", () => {
  const faults = [
    "down",
    "html",
    "truncated",
    "huge",
    { status: 500 },
    { status: 404 },
    { json: [] },
    { json: null },
  ] as const;

  it.each(faults)(
    "from the start, %j of the keys is keys_unavailable and says what happened",
    async (fault) => {
      issuer.faults.jwks = fault;
      const verdict = await online().tryVerify(await issuer.token());
      expect(verdict).toMatchObject({ ok: false, error: { code: "keys_unavailable", retryAfter: 1 } });
      expect(verdict.ok ? "" : verdict.error.message).toContain("/.well-known/jwks");
    },
  );

  it.each([
    "down",
    "html",
    "truncated",
    "huge",
    { status: 500 },
    { status: 401 },
    { json: {} },
    { json: "x" },
  ] as const)("%j of the discovery document is keys_unavailable, and nothing is guessed", async (fault) => {
    issuer.faults.discovery = fault;
    expect(await outcome(online(), await issuer.token())).toBe("keys_unavailable");
    expect(issuer.requests.jwks).toBe(0);
  });

  it.each(["hang", "drip"] as const)("a %s ends after 3 s, headers and body together", async (fault) => {
    issuer.faults.jwks = fault;
    const before = performance.now();
    expect(await outcome(online(), await issuer.token())).toBe("keys_unavailable");
    const waited = performance.now() - before;
    expect(waited).toBeGreaterThan(2500);
    expect(waited).toBeLessThan(NEVER);
  });

  it("a fetch that ignores its signal is given up, too", async () => {
    const before = performance.now();
    const verifier = online({ fetch: () => new Promise<Response>(() => {}) });
    expect(await outcome(verifier, await issuer.token())).toBe("keys_unavailable");
    expect(performance.now() - before).toBeLessThan(NEVER);
  });

  it("failures are remembered briefly, and the time between attempts grows", async () => {
    issuer.faults.jwks = { status: 503 };
    const verifier = online();
    const jwt = await issuer.token();
    await Promise.all(Array.from({ length: 20 }, () => outcome(verifier, jwt)));
    for (let i = 0; i < 20; i++) await outcome(verifier, jwt);
    expect(issuer.requests.jwks).toBe(1);
    issuer.clock.advance(1);
    await outcome(verifier, jwt);
    issuer.clock.advance(1);
    await outcome(verifier, jwt);
    expect(issuer.requests.jwks).toBe(2);
    issuer.clock.advance(1);
    await outcome(verifier, jwt);
    expect(issuer.requests.jwks).toBe(3);
    issuer.faults.jwks = undefined;
    issuer.clock.advance(30);
    expect(await outcome(verifier, jwt)).toBe("accepted");
  });

  it("known keys serve on for hours, without waiting, and come back to life afterwards", async () => {
    const verifier = online();
    const jwt = await issuer.token({ expiresIn: 7 * 86_400 });
    await outcome(verifier, jwt);
    issuer.faults.jwks = "down";
    for (let minutes = 0; minutes < 180; minutes += 1) {
      issuer.clock.advance(60);
      expect(await outcome(verifier, jwt)).toBe("accepted");
    }
    expect(await outcome(verifier, await unknown())).toBe("keys_unavailable");
    issuer.faults.jwks = undefined;
    issuer.clock.advance(60);
    await issuer.rotateKey();
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
  });

  it("known keys serve on through an outage that begins while nobody calls", async () => {
    const verifier = online();
    const jwt = await issuer.token({ expiresIn: 7 * 86_400 });
    await outcome(verifier, jwt);
    issuer.faults.jwks = { status: 500 };
    issuer.clock.advance(2 * 3600);
    expect(await outcome(verifier, jwt)).toBe("accepted");
  });

  it("but not for more than a day", async () => {
    const verifier = online();
    const jwt = await issuer.token({ expiresIn: 7 * 86_400 });
    await outcome(verifier, jwt);
    issuer.faults.jwks = "down";
    issuer.clock.advance(25 * 3600);
    expect(await outcome(verifier, jwt)).toBe("keys_unavailable");
  });

  it("a clock that is set back blocks nothing", async () => {
    issuer.faults.jwks = "down";
    const verifier = online();
    issuer.clock.advance(86_400);
    expect(await outcome(verifier, await issuer.token())).toBe("keys_unavailable");
    issuer.clock.reset();
    issuer.faults.jwks = undefined;
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
  });

  it("a redirect to another origin is not followed, one within the origin is", async () => {
    const stranger = await createTestIssuer({ algorithm: "ES256" });
    try {
      issuer.faults.jwks = { redirect: stranger.jwksUri };
      const verdict = await online().tryVerify(await issuer.token());
      expect(verdict.ok ? "" : verdict.error.message).toMatch(/redirects to another origin/);
      expect(stranger.requests.jwks).toBe(0);
    } finally {
      await stranger.close();
    }
    issuer.faults.jwks = (path) => (path.endsWith(".json") ? { redirect: "/.well-known/jwks" } : undefined);
    expect(await outcome(online(), await issuer.token())).toBe("accepted");
    issuer.faults.jwks = { redirect: "/.well-known/jwks" };
    expect(await outcome(online(), await issuer.token())).toBe("keys_unavailable");
  });

  it("keys that have moved are found by asking discovery again", async () => {
    const verifier = online();
    await outcome(verifier, await issuer.token());
    issuer.faults.discovery = {
      json: { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/.well-known/jwks` },
    };
    issuer.faults.jwks = (path) => (path.endsWith(".json") ? { status: 410 } : undefined);
    await issuer.rotateKey();
    expect(await outcome(verifier, await issuer.token())).toBe("keys_unavailable");
    issuer.clock.advance(5);
    expect(await outcome(verifier, await issuer.token())).toBe("accepted");
  });
});

describe("how long keys stay fresh", () => {
  let server: Server;
  let requests = 0;
  let cacheControl: string | undefined;

  beforeEach(async () => {
    requests = 0;
    server = createServer((_, response) => {
      requests++;
      if (cacheControl !== undefined) response.setHeader("cache-control", cacheControl);
      response.end(JSON.stringify(issuer.keys()));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each<[string | undefined, number]>([
    [undefined, 600],
    ["public, max-age=3600", 3600],
    ["max-age=5", 60],
    ["no-store", 60],
    ["no-cache, max-age=3600", 60],
    ["max-age=99999999", 86_400],
    ["s-maxage=10", 600],
    ["nonsense", 600],
  ])("Cache-Control %s: %i s", async (value, seconds) => {
    cacheControl = value;
    const { port } = server.address() as AddressInfo;
    const verifier = online({ jwksUri: `http://127.0.0.1:${port}/keys` });
    const jwt = await issuer.token({ expiresIn: 7 * 86_400 });
    await outcome(verifier, jwt);
    // Keys are refreshed after three quarters of their life.
    issuer.clock.advance(seconds * 0.74);
    await outcome(verifier, jwt);
    expect(requests).toBe(1);
    issuer.clock.advance(seconds * 0.02);
    await outcome(verifier, jwt);
    await expect.poll(() => requests).toBe(2);
  });
});

describe("a flood", () => {
  /** Tokens that name keys which nobody has. */
  function junk(count: number, from: string, offset = 0): string[] {
    const [, payload, signature] = from.split(".");
    return Array.from({ length: count }, (_, i) => {
      const header = { alg: "RS256", typ: "at+jwt", kid: `junk-${offset + i}` };
      return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`;
    });
  }
  const count = (outcomes: readonly string[], what: string): number =>
    outcomes.filter((one) => one === what).length;

  it("of two hundred bad signatures costs no fetch", async () => {
    const verifier = online();
    await outcome(verifier, await issuer.token());
    const bad = await Promise.all(
      Array.from({ length: 200 }, (_, i) => issuer.badToken(i % 2 === 0 ? "forged_key" : "tampered_payload")),
    );
    const outcomes = await Promise.all(bad.map((jwt) => outcome(verifier, jwt)));
    expect(count(outcomes, "signature_invalid")).toBe(200);
    expect(issuer.requests).toMatchObject({ discovery: 1, jwks: 1 });
  });

  it("of junk kids on a cold start holds up nobody: one fetch for the keys, one for the junk", async () => {
    const verifier = online();
    const good = await issuer.token();
    const crowd = junk(1000, await unknown()).flatMap((jwt, i) => (i % 10 === 0 ? [jwt, good] : [jwt]));
    const outcomes = await Promise.all(crowd.map((jwt) => outcome(verifier, jwt)));
    expect(count(outcomes, "accepted")).toBe(100);
    expect(count(outcomes, "key_unknown") + count(outcomes, "keys_unavailable")).toBe(1000);
    expect(issuer.requests.discovery).toBe(1);
    expect(issuer.requests.jwks).toBeLessThanOrEqual(2);
    await Promise.all(junk(1000, await unknown(), 1000).map((jwt) => outcome(verifier, jwt)));
    expect(issuer.requests.jwks).toBeLessThanOrEqual(2);
  });

  it("leaves known keys undisturbed while an unknown kid is being fetched for", async () => {
    const verifier = online();
    const good = await issuer.token();
    await outcome(verifier, good);
    issuer.faults.jwks = "hang";
    const flooded = Promise.all(junk(200, await unknown()).map((jwt) => outcome(verifier, jwt)));
    let ended = false;
    void flooded.then(() => (ended = true));
    for (let i = 0; i < 50; i++) expect(await outcome(verifier, good)).toBe("accepted");
    expect(ended).toBe(false);
    const outcomes = await flooded;
    expect(new Set(outcomes)).toEqual(new Set(["keys_unavailable"]));
    expect(issuer.requests.jwks).toBe(2);
  });
});

describe("whatever the endpoint of the keys does", () => {
  const many = (length: number) => ({
    json: { keys: Array.from({ length }, (_, i) => ({ kty: "oct", kid: `${i}` })) },
  });
  const misbehaviour: [what: string, fault: TestIssuer["faults"]["jwks"]][] = [
    ["is down", "down"],
    ["hangs", "hang"],
    ["drips", "drip"],
    ["answers 500", { status: 500 }],
    ["answers 404", { status: 404 }],
    ["answers with a page", "html"],
    ["breaks off", "truncated"],
    ["sends megabytes", "huge"],
    ["lists 10,000 keys", many(10_000)],
    ["redirects elsewhere", { redirect: "https://keys.example/jwks" }],
    ["sends no list", { json: { keys: {} } }],
  ];

  it.each(misbehaviour)(
    "%s: known keys verify on, unknown ones wait, and one attempt is made a step",
    async (_, fault) => {
      const verifier = online();
      const good = await issuer.token({ expiresIn: 7 * 86_400 });
      const strange = await unknown();
      expect(await outcome(verifier, good)).toBe("accepted");
      // In the background, before the keys age out.
      issuer.clock.advance(460);
      issuer.faults.jwks = fault;
      const before = performance.now();
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, i) => outcome(verifier, i % 2 === 0 ? good : strange)),
      );
      expect(performance.now() - before).toBeLessThan(NEVER);
      expect(outcomes.filter((_, i) => i % 2 === 0)).toEqual(Array(20).fill("accepted"));
      expect(outcomes.filter((_, i) => i % 2 === 1)).toEqual(Array(20).fill("keys_unavailable"));
      expect(issuer.requests.jwks).toBe(2);

      // Within the pause after the first failure nobody asks again.
      for (let i = 0; i < 20; i++) {
        expect(await outcome(verifier, good)).toBe("accepted");
        expect(await outcome(verifier, strange)).toBe("keys_unavailable");
      }
      expect(issuer.requests.jwks).toBe(2);

      const { checks } = await verifier.explain(good);
      const shown = checks.find(({ check }) => check === "key");
      expect(shown).toMatchObject({ status: "passed" });
      expect(shown?.found).toMatch(/keys are 8 min old and could not be refreshed: .*http/);
    },
  );

  it("the bound for keys that cannot be refreshed can be set", async () => {
    const verifier = online({ maxOutage: 3600 });
    const good = await issuer.token({ expiresIn: 7 * 86_400 });
    await outcome(verifier, good);
    issuer.faults.jwks = { status: 500 };
    issuer.clock.advance(3590);
    expect(await outcome(verifier, good)).toBe("accepted");
    issuer.clock.advance(20);
    expect(await outcome(verifier, good)).toBe("keys_unavailable");
    const patient = online({ maxOutage: 3 * 86_400 });
    issuer.faults.jwks = undefined;
    await outcome(patient, good);
    issuer.faults.jwks = { status: 500 };
    issuer.clock.advance(2 * 86_400);
    expect(await outcome(patient, good)).toBe("accepted");
  });
});

describe("a clock that jumps by an hour", () => {
  it.each([
    ["forward", 3600],
    ["back", -3600],
  ])("%s refuses no valid token and starts no loop of fetches", async (_, seconds) => {
    for (const cache of [false, { maxEntries: 10 }] as const) {
      await using own = await createTestIssuer({ algorithm: "ES256" });
      const verifier = createVerifier({
        issuer: own.issuer,
        audience: own.audience,
        clock: own.clock.now,
        algorithms: ["ES256"],
        cache,
      });
      const jwt = await own.token({ issuedAt: Math.floor(own.clock.now() / 1000) - 7200, expiresIn: 86_400 });
      expect(await outcome(verifier, jwt)).toBe("accepted");
      for (const jump of [seconds, -seconds, seconds]) {
        own.clock.advance(jump);
        for (let i = 0; i < 20; i++) expect(await outcome(verifier, jwt)).toBe("accepted");
      }
      expect(own.requests.jwks).toBeLessThanOrEqual(4);
      await own.rotateKey();
      expect(await outcome(verifier, await own.token())).toBe("accepted");
    }
  });

  it("does so also while the issuer is down", async () => {
    const verifier = online({ cache: { maxEntries: 10 } });
    const jwt = await issuer.token({ expiresIn: 86_400 });
    await outcome(verifier, jwt);
    issuer.faults.jwks = { status: 503 };
    for (const jump of [3600, -3600, -3600, 3600]) {
      issuer.clock.advance(jump);
      for (let i = 0; i < 10; i++) expect(await outcome(verifier, jwt)).toBe("accepted");
    }
    expect(issuer.requests.jwks).toBeLessThanOrEqual(5);
  });
});

describe("keys without a kid, and keys that are left out", () => {
  it("a published key without kid verifies tokens without one", async () => {
    const key = testKey("RS256", "nameless");
    const { kid: _, ...nameless } = key.jwk;
    issuer.addRawKey(nameless as never);
    const now = Math.floor(issuer.clock.now() / 1000);
    const claims = goodClaims({ iss: issuer.issuer, iat: now, exp: now + 60 });
    expect(await outcome(online(), signed(key, claims, { kid: undefined }))).toBe("accepted");
    expect(await outcome(online(), signed(key, claims, { kid: "nameless" }))).toBe("key_unknown");
  });

  it("explain names the keys that are left out and why, whether the token passes or not", async () => {
    issuer.addRawKey({ ...testKey("RS256", "small", 1024).jwk, kid: "small" } as never);
    issuer.addRawKey({ kty: "oct", k: "AAAA", kid: "shared" });
    issuer.addRawKey({ ...testKey("RS256", "private").jwk, kid: "private", d: "AQAB" } as never);
    const verifier = online();
    const keyCheck = async (jwt: string) =>
      (await verifier.explain(jwt)).checks.find(({ check }) => check === "key");
    expect((await keyCheck(await issuer.token()))?.found).toMatch(
      /not used of the issuer's keys: key 'small': it is an RSA key of 1024 bits.*key 'shared': it is a symmetric key.*key 'private': it is a private key/,
    );
    expect((await keyCheck(await unknown()))?.expected).toMatch(
      /one of the issuer's 4 keys \(not used.*1024 bits/,
    );
    const now = Math.floor(issuer.clock.now() / 1000);
    const claims = goodClaims({ iss: issuer.issuer, iat: now, exp: now + 60 });
    expect(await keyCheck(signed(testKey("RS256", "private"), claims, { kid: "private" }))).toMatchObject({
      code: "key_unusable",
      found: expect.stringContaining("it is a private key"),
    });
  });
});

describe("a clock that is wrong", () => {
  async function withClock(seconds: number, jwt: string, options: Partial<VerifierOptions> = {}) {
    const verifier = online({ clock: () => Date.now() + seconds * 1000, ...options });
    const { checks } = await verifier.explain(jwt);
    return { verifier, failed: checks.find(({ status }) => status === "failed"), checks };
  }

  it.each([
    [
      "expired",
      7200,
      {},
      "token_expired",
      /this server's clock right: it is (?:2 h|120 min) ahead of the issuer's/,
    ],
    [
      "too old",
      7200,
      { maxTokenAge: 600, expires: 86_400 },
      "token_too_old",
      /this server's clock right: it is (?:2 h|120 min) ahead of the issuer's/,
    ],
    [
      "not yet valid",
      -7200,
      { nbf: true },
      "token_not_yet_valid",
      /clock right: it is (?:2 h|120 min) behind the issuer's/,
    ],
  ] as const)("is named when it is why a token counts as %s", async (_, seconds, how, code, fix) => {
    const now = Math.floor(Date.now() / 1000);
    const jwt = await issuer.token({
      issuedAt: now,
      expiresIn: "expires" in how ? how.expires : 3600,
      claims: "nbf" in how ? { nbf: now } : {},
    });
    const options = "maxTokenAge" in how ? { maxTokenAge: how.maxTokenAge } : {};
    const { failed, verifier } = await withClock(seconds, jwt, options);
    expect(failed).toMatchObject({ code });
    expect(failed?.fix).toMatch(fix);
    // Once it is known, a refusal says so, too.
    const verdict = await verifier.tryVerify(jwt);
    expect(verdict.ok ? "" : verdict.error.message).toMatch(fix);
  });

  it("is noted beside the times of a token that passes", async () => {
    const { failed, checks } = await withClock(600, await issuer.token());
    expect(failed).toBeUndefined();
    expect(checks.find(({ check }) => check === "expiry")?.found).toMatch(
      /this server's clock is 10 min ahead of the issuer's/,
    );
  });

  it("is not blamed for a token that has expired by the issuer's clock, too", async () => {
    const old = await issuer.token({ issuedAt: Math.floor(Date.now() / 1000) - 86_400 });
    const { failed } = await withClock(7200, old);
    expect(failed?.fix).toMatch(/Get a new access token/);
  });

  it("is not found in a clock that is right", async () => {
    const { checks } = await withClock(1, await issuer.token());
    expect(checks.find(({ check }) => check === "expiry")?.found).not.toMatch(/clock/);
  });
});
