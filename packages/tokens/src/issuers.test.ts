import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "../test/mint.ts";
import { createVerifier, type Verifier } from "./verifier.ts";
import type { IssuerLookup, LookedUpIssuer, VerifierOptions } from "./verifier-options.ts";

const key = testKey("ES256");
const algorithms = ["ES256"] as const;

async function outcome(verifier: Verifier, jwt: string): Promise<string> {
  const verdict = await verifier.tryVerify(jwt);
  return verdict.ok ? "accepted" : verdict.error.code;
}

describe("several issuers that are really there", () => {
  let first: TestIssuer;
  let second: TestIssuer;
  beforeEach(async () => {
    first = await createTestIssuer({ algorithm: "ES256" });
    second = await createTestIssuer({
      algorithm: "EdDSA",
      audience: "https://second.example",
      dialect: "auth0",
    });
  });
  afterEach(() => Promise.all([first.close(), second.close()]));

  function both(): Verifier {
    return createVerifier({
      issuer: [
        { issuer: first.issuer, algorithms: ["ES256"] },
        {
          issuer: second.issuer,
          audience: "https://second.example",
          algorithms: ["EdDSA"],
          dialect: "auth0",
        },
      ],
      audience: first.audience,
    });
  }

  it("each is asked for its own keys only, and only when one of its tokens comes", async () => {
    const verifier = both();
    expect(await outcome(verifier, await first.token())).toBe("accepted");
    expect(second.requests).toMatchObject({ discovery: 0, jwks: 0 });
    const token = await verifier.verify(await second.token({ organization: "org_2", roles: ["admin"] }));
    expect([token.issuer, token.organization, token.roles]).toEqual([second.issuer, "org_2", ["admin"]]);
    expect(first.requests).toMatchObject({ discovery: 1, jwks: 1 });
    expect(second.requests).toMatchObject({ discovery: 1, jwks: 1 });
  });

  it("keys never mix, also under one kid", async () => {
    const verifier = both();
    const { kid } = first.keys().keys[0] as { kid: string };
    second.addRawKey({ ...key.jwk, kid } as never);
    const now = Math.floor(Date.now() / 1000);
    const forged = goodClaims({ iss: first.issuer, aud: first.audience, iat: now, exp: now + 60 });
    expect(await outcome(verifier, await first.token())).toBe("accepted");
    expect(await outcome(verifier, await second.token())).toBe("accepted");
    expect(await outcome(verifier, signed(key, forged, { kid }))).toBe("signature_invalid");
  });

  it("nothing but iss chooses: not kid, jku, azp, client_id or a header iss", async () => {
    const verifier = both();
    const { kid } = second.keys().keys[0] as { kid: string };
    const jwt = await first.token({
      header: { kid, jku: second.jwksUri, iss: second.issuer, alg: "ES256" },
      claims: { azp: second.clientId, tid: second.issuer },
    });
    expect(await outcome(verifier, jwt)).toBe("key_unknown");
    expect(second.requests).toMatchObject({ discovery: 0, jwks: 0 });
  });

  it("one that fails does not touch the other", async () => {
    const verifier = both();
    second.faults.discovery = { status: 500 };
    expect(await outcome(verifier, await second.token())).toBe("keys_unavailable");
    expect(await outcome(verifier, await first.token())).toBe("accepted");
  });

  it("two verifiers in one process share nothing", async () => {
    const [one, other] = [both(), both()];
    const jwt = await first.token();
    expect(await one.verify(jwt)).not.toBe(await other.verify(jwt));
    expect(first.requests.jwks).toBe(2);
  });
});

describe("an issuer with tenants", () => {
  const template = "https://login.microsoftonline.com/{tenantid}/v2.0";
  const tenants = ["9188040d-6c67-4c5b-b112-36a304b66dad", "contoso.example"];
  const iss = (tenant: string): string => template.replace("{tenantid}", tenant);
  const make = (options: object = {}): Verifier =>
    createVerifier({
      issuer: template,
      tenants,
      audience: AUDIENCE,
      algorithms,
      keys: keySet(key),
      clock: () => NOW,
      ...options,
    });
  const of = (tenant: string): string => signed(key, goodClaims({ iss: iss(tenant), tid: tenant }));

  it("accepts those that are listed, each by its exact name", async () => {
    for (const tenant of tenants) {
      const token = await make().verify(of(tenant));
      expect([token.issuer, token.organization]).toEqual([iss(tenant), tenant]);
    }
    expect(await outcome(make(), of("another-tenant"))).toBe("issuer_wrong");
    expect(await outcome(make(), of("{tenantid}"))).toBe("issuer_wrong");
    expect(await outcome(make(), of(`${tenants[0]}/../other`))).toBe("issuer_wrong");
  });

  it("may be one of several issuers", async () => {
    const verifier = createVerifier({
      issuer: [
        { issuer: ISSUER, keys: keySet(key) },
        { issuer: template, tenants, keys: keySet(key) },
      ],
      audience: AUDIENCE,
      algorithms,
      clock: () => NOW,
    });
    expect(await outcome(verifier, of("contoso.example"))).toBe("accepted");
    expect(await outcome(verifier, signed(key, goodClaims()))).toBe("accepted");
  });

  it("asks each tenant's own address", async () => {
    const asked: string[] = [];
    const verifier = make({
      keys: undefined,
      fetch: async (input: string) => {
        asked.push(input);
        return Response.json(
          input.endsWith("openid-configuration")
            ? { issuer: iss("contoso.example"), jwks_uri: "https://login.microsoftonline.com/keys" }
            : keySet(key),
        );
      },
    });
    expect(await outcome(verifier, of("contoso.example"))).toBe("accepted");
    expect(asked[0]).toBe(`${iss("contoso.example")}/.well-known/openid-configuration`);
  });

  it.each([
    ["without tenants", { tenants: undefined }, /tenants must list the tenants/],
    ["with none", { tenants: [] }, /tenants must list the tenants/],
    ["with one that is a path", { tenants: ["a/b"] }, /tenants must list the tenants/],
    ["without a template", { issuer: ISSUER }, /tenants only goes with an issuer such as/],
    ["with one twice", { tenants: ["a", "a"] }, /is there twice/],
  ])("is refused at construction %s", (_, options, message) => {
    expect(() => make(options)).toThrow(message);
  });
});

describe("issuers from a function", () => {
  let now = NOW;
  beforeEach(() => {
    now = NOW;
  });
  const iss = (name: string): string => `https://${name}.tenants.example`;
  const of = (name: string, claims: object = {}): string =>
    signed(key, goodClaims({ iss: iss(name), ...claims }));

  function looking(lookup: IssuerLookup, options: object = {}): Verifier {
    return createVerifier({ issuer: lookup, audience: AUDIENCE, algorithms, clock: () => now, ...options });
  }
  const accepting = (answer: LookedUpIssuer = { keys: keySet(key) }) =>
    vi.fn((name: string) => (name === iss("acme") ? answer : undefined));

  it("are asked for by iss; what the function refuses is refused", async () => {
    const lookup = accepting();
    const verifier = looking(lookup);
    expect((await verifier.verify(of("acme"))).issuer).toBe(iss("acme"));
    expect(await outcome(verifier, of("globex"))).toBe("issuer_wrong");
    expect(lookup.mock.calls).toEqual([[iss("acme")], [iss("globex")]]);
  });

  it("may be looked up asynchronously, with null for no", async () => {
    const verifier = looking(async (name) => (name === iss("acme") ? { keys: keySet(key) } : null));
    expect(await outcome(verifier, of("acme"))).toBe("accepted");
    expect(await outcome(verifier, of("globex"))).toBe("issuer_wrong");
    const explanation = await verifier.explain(of("acme"));
    expect(explanation.ok).toBe(true);
    expect(
      (await verifier.explain(of("globex"))).checks.find(({ status }) => status === "failed"),
    ).toMatchObject({
      code: "issuer_wrong",
      found: `'${iss("globex")}'`,
      expected: "an issuer that the option issuer knows",
    });
  });

  it("have their own audience, dialect and algorithms", async () => {
    const verifier = looking(accepting({ keys: keySet(key), audience: "acme-api", dialect: "logto" }));
    expect(await outcome(verifier, of("acme"))).toBe("audience_wrong");
    const token = await verifier.verify(of("acme", { aud: "acme-api", scope: "read:books" }));
    expect(token.permissions).toEqual(["read:books"]);
  });

  it("may bring audience or clientId themselves instead of the verifier", async () => {
    const verifier = createVerifier({
      issuer: () => ({ audience: AUDIENCE, keys: keySet(key) }),
      algorithms,
      clock: () => now,
    });
    expect(await outcome(verifier, of("acme"))).toBe("accepted");
  });

  it("are remembered: the function is asked once for any number of tokens, and again after ten minutes", async () => {
    const lookup = accepting();
    const verifier = looking(lookup, { cache: false });
    await Promise.all(Array.from({ length: 50 }, () => outcome(verifier, of("acme"))));
    await Promise.all(Array.from({ length: 50 }, () => outcome(verifier, of("globex"))));
    expect(lookup).toHaveBeenCalledTimes(2);
    now += 61_000;
    await outcome(verifier, of("globex"));
    await outcome(verifier, of("acme"));
    expect(lookup).toHaveBeenCalledTimes(3);
    now += 600_000;
    expect(await outcome(verifier, of("acme"))).toBe("accepted");
    expect(lookup).toHaveBeenCalledTimes(4);
  });

  it("that are withdrawn are refused after ten minutes, also for tokens in the cache", async () => {
    let open = true;
    const verifier = looking(() => (open ? { keys: keySet(key) } : undefined));
    const jwt = of("acme");
    expect(await outcome(verifier, jwt)).toBe("accepted");
    open = false;
    now += 599_000;
    expect(await outcome(verifier, jwt)).toBe("accepted");
    now += 2000;
    expect(await outcome(verifier, jwt)).toBe("issuer_wrong");
  });

  it("keep their keys while the answer stays the same", async () => {
    await using issuer = await createTestIssuer({ algorithm: "ES256" });
    const verifier = createVerifier({
      issuer: async (name) => (name === issuer.issuer ? { audience: [issuer.audience] } : null),
      algorithms,
      clock: issuer.clock.now,
    });
    const jwt = await issuer.token({ expiresIn: 86_400 });
    for (let i = 0; i < 3; i++) {
      expect(await outcome(verifier, jwt)).toBe("accepted");
      issuer.clock.advance(400);
    }
    expect(issuer.requests.discovery).toBe(1);
  });

  it("are not asked for what is no address, and nothing is fetched before the function has vouched", async () => {
    const lookup = vi.fn(() => undefined);
    const fetch = vi.fn();
    const verifier = looking(lookup, { fetch });
    for (const name of [
      "",
      "x y",
      "http://10.0.0.1",
      "javascript:alert(1)",
      "https://a:b@c.example",
      5,
      null,
    ]) {
      expect(await outcome(verifier, signed(key, goodClaims({ iss: name })))).toBe("issuer_wrong");
    }
    expect(
      await outcome(verifier, signed(key, goodClaims({ iss: `https://${"a".repeat(600)}.example` }))),
    ).toBe("issuer_wrong");
    expect(lookup).not.toHaveBeenCalled();
    await outcome(verifier, of("acme"));
    expect(fetch).not.toHaveBeenCalled();
  });

  it("that cannot be looked up are nobody's fault: try again", async () => {
    const lookup = vi.fn(async (): Promise<LookedUpIssuer> => {
      throw new Error("the database is away");
    });
    const verifier = looking(lookup);
    const verdict = await verifier.tryVerify(of("acme"));
    expect(verdict).toMatchObject({ ok: false, error: { code: "keys_unavailable", retryAfter: 1 } });
    expect(verdict.ok ? "" : verdict.error.message).not.toContain("database");
    await outcome(verifier, of("acme"));
    expect(lookup).toHaveBeenCalledTimes(1);
    now += 1001;
    lookup.mockResolvedValueOnce({ keys: keySet(key) });
    expect(await outcome(verifier, of("acme"))).toBe("accepted");
  });

  it("by a function that never answers are given up after 3 s, and not more than a hundred are waited for", async () => {
    const lookup = vi.fn(() => new Promise<undefined>(() => {}));
    const verifier = looking(lookup);
    const before = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 150 }, (_, i) => outcome(verifier, of(`t${i}`))));
    expect(new Set(outcomes)).toEqual(new Set(["keys_unavailable"]));
    expect(lookup).toHaveBeenCalledTimes(100);
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  it("do not fill the memory, however many names are made up", async () => {
    const lookup = accepting();
    const verifier = looking(lookup);
    await outcome(verifier, of("made-up-0"));
    for (let i = 1; i <= 1001; i++) await outcome(verifier, of(`made-up-${i}`));
    const asked = lookup.mock.calls.length;
    await outcome(verifier, of("made-up-1001"));
    expect(lookup).toHaveBeenCalledTimes(asked);
    await outcome(verifier, of("made-up-0"));
    expect(lookup).toHaveBeenCalledTimes(asked + 1);
  });

  it("with an answer that is wrong let nobody in", async () => {
    for (const answer of [{ audiance: "x" }, { algorithms: ["none"] }, "yes", true, 5]) {
      const verdict = await looking(() => answer as never).tryVerify(of("acme"));
      expect(verdict.ok ? "accepted" : verdict.error.code).toBe("keys_unavailable");
    }
  });

  it("accept no algorithm that the verifier does not", async () => {
    const verifier = looking(accepting({ keys: keySet(key), algorithms: ["ES256", "RS256"] }));
    expect(await outcome(verifier, signed(testKey("RS256"), goodClaims({ iss: iss("acme") })))).toBe(
      "algorithm_not_allowed",
    );
  });
});

describe("the types", () => {
  const audience = AUDIENCE;
  it("forbid a verifier without an issuer, and without audience and clientId", () => {
    const compiles = (): void => {
      createVerifier({ issuer: ISSUER, audience });
      createVerifier({ issuer: ISSUER, audience: null });
      createVerifier({ issuer: ISSUER, audience: [audience], clientId: "c" });
      createVerifier({ issuer: ISSUER, clientId: "bookstore-web" });
      createVerifier({ issuer: [{ issuer: ISSUER }, { issuer: "b", audience: "x" }], audience });
      createVerifier({
        issuer: [
          { issuer: ISSUER, audience },
          { issuer: "b", clientId: "c" },
        ],
      });
      createVerifier({ issuer: () => ({ audience }) });
      createVerifier({ issuer: async () => null, audience });
      createVerifier({ issuer: "https://x.example/{tenantid}", tenants: ["a"], audience });
    };
    const doesNot = (): void => {
      // @ts-expect-error nothing at all
      createVerifier();
      // @ts-expect-error no option
      createVerifier({});
      // @ts-expect-error no issuer
      createVerifier({ audience });
      // @ts-expect-error neither audience nor clientId
      createVerifier({ issuer: ISSUER });
      // @ts-expect-error audience undefined is not null
      createVerifier({ issuer: ISSUER, audience: undefined });
      // @ts-expect-error an entry without audience, and none for all
      createVerifier({ issuer: [{ issuer: ISSUER, audience }, { issuer: "b" }] });
      // @ts-expect-error a function whose issuers have no audience, and none for all
      createVerifier({ issuer: () => ({ dialect: "kinde" }) });
      // @ts-expect-error an environment variable may be absent
      createVerifier({ issuer: process.env.ISSUER, audience });
      // @ts-expect-error HS256 is not supported
      createVerifier({ issuer: ISSUER, audience, algorithms: ["HS256"] });
      // @ts-expect-error a name of another library
      createVerifier({ issuer: ISSUER, audience, clockSkew: 5 });
    };
    expectTypeOf(compiles).toBeFunction();
    expectTypeOf(doesNot).toBeFunction();
    expectTypeOf<VerifierOptions>().toMatchTypeOf<{ issuer: unknown }>();
  });
});
