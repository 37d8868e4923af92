import { createTestIssuer } from "@hallpass/testing";
import { describe, expect, it, vi } from "vitest";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "../test/mint.ts";
import { explainUnverified } from "./explain-unverified.ts";
import { formatExplanation } from "./explanation.ts";
import { createVerifier, type Verifier } from "./verifier.ts";
import type { VerifierOptions } from "./verifier-options.ts";

const key = testKey();

function offline(options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: keySet(key),
    clock: () => NOW,
    ...options,
  });
}

const statuses = (explanation: Awaited<ReturnType<Verifier["explain"]>>): Record<string, string> =>
  Object.fromEntries(explanation.checks.map(({ check, status, code }) => [check, code ?? status]));

describe("explain", () => {
  it("shows of a good token every check with value and expectation, and the claims", async () => {
    const claims = goodClaims();
    const explanation = await offline().explain(signed(key, claims));
    expect(explanation.ok).toBe(true);
    expect(explanation.claims).toEqual(claims);
    expect(explanation.checks.map(({ check }) => check)).toEqual([
      "form",
      "critical headers",
      "algorithm",
      "type",
      "issuer",
      "audience",
      "client",
      "expiry",
      "start",
      "age",
      "key",
      "signature",
      "claims",
      "rule",
    ]);
    expect(explanation.checks.find(({ check }) => check === "audience")).toEqual({
      check: "audience",
      status: "passed",
      found: `['${AUDIENCE}']`,
      expected: `'${AUDIENCE}'`,
    });
  });

  it("goes on after a failure and names every one", async () => {
    const jwt = signed(key, goodClaims({ aud: [], exp: NOW / 1000 - 60, sub: 5 }));
    expect(statuses(await offline().explain(jwt))).toMatchObject({
      issuer: "passed",
      audience: "audience_wrong",
      expiry: "token_expired",
      key: "passed",
      signature: "passed",
      claims: "claim_invalid",
      rule: "skipped",
    });
  });

  it("shows no claims when the signature is not valid", async () => {
    const explanation = await offline().explain(
      signed(testKey("RS256", "key-2"), goodClaims(), { kid: "key-1" }),
    );
    expect(statuses(explanation)).toMatchObject({ signature: "signature_invalid", claims: "skipped" });
    expect(explanation).not.toHaveProperty("claims");
  });

  it("says of a token of another issuer what the configured one would make of it", async () => {
    const explanation = await offline().explain(signed(key, goodClaims({ iss: "https://other.example" })));
    expect(statuses(explanation)).toMatchObject({
      issuer: "issuer_wrong",
      audience: "passed",
      signature: "passed",
    });
  });

  it("with several issuers leaves out what depends on which", async () => {
    const verifier = offline({
      keys: undefined,
      issuer: [
        { issuer: ISSUER, keys: keySet(key) },
        { issuer: "https://second.example", keys: keySet() },
      ],
    } as object);
    const explanation = await verifier.explain(signed(key, goodClaims({ iss: "https://other.example" })));
    expect(statuses(explanation)).toMatchObject({
      issuer: "issuer_wrong",
      audience: "skipped",
      expiry: "passed",
      key: "skipped",
      signature: "skipped",
    });
  });

  it("says that the audience is not checked when it is switched off", async () => {
    const explanation = await offline({ audience: null }).explain(signed(key, goodClaims()));
    expect(explanation.ok).toBe(true);
    expect(explanation.checks.find(({ check }) => check === "audience")).toEqual({
      check: "audience",
      status: "skipped",
      message: "switched off by audience: null",
    });
  });

  it.each([undefined, "", "Bearer x", {}, Promise.resolve("x")])("explains %s, too", async (value) => {
    const explanation = await offline().explain(value as string);
    expect(explanation.ok).toBe(false);
    expect(explanation.checks[0]).toMatchObject({ check: "form", status: "failed" });
    expect(explanation.checks.slice(1).every(({ status }) => status === "skipped")).toBe(true);
  });

  it("asks the issuer how it is written, and tells the slash as the reason", async () => {
    await using issuer = await createTestIssuer();
    const verifier = createVerifier({ issuer: `${issuer.issuer}/`, audience: issuer.audience });
    expect((await verifier.explain(await issuer.token())).ok).toBe(true);
    const wrong = await verifier.explain(await issuer.token({ claims: { iss: `${issuer.issuer}/` } }));
    expect(wrong.checks.find(({ status }) => status === "failed")).toMatchObject({
      check: "issuer",
      code: "issuer_wrong",
    });
  });

  it("says of an issuer that is down only that its keys cannot be had", async () => {
    const issuer = await createTestIssuer();
    const jwt = await issuer.token();
    await issuer.close();
    const verifier = createVerifier({ issuer: issuer.issuer, audience: issuer.audience });
    expect(statuses(await verifier.explain(jwt))).toMatchObject({
      issuer: "passed",
      audience: "passed",
      key: "keys_unavailable",
      signature: "skipped",
    });
  });
});

describe("explain without an issuer", () => {
  const clock = (): number => NOW;

  it("says what can be said, what the token claims to be, and that nothing is verified", async () => {
    const explanation = await explainUnverified(signed(key, goodClaims()), { clock });
    expect(explanation).toMatchObject({ ok: false, unverified: true });
    expect(explanation).not.toHaveProperty("claims");
    expect(statuses(explanation)).toEqual({
      form: "passed",
      "critical headers": "passed",
      algorithm: "passed",
      type: "passed",
      issuer: "skipped",
      audience: "skipped",
      client: "skipped",
      expiry: "passed",
      start: "skipped",
      age: "passed",
      key: "skipped",
      signature: "skipped",
      claims: "skipped",
      rule: "skipped",
    });
    expect(explanation.checks.find(({ check }) => check === "issuer")?.message).toBe(
      `not checked; the token says '${ISSUER}'`,
    );
    expect(explanation.checks.find(({ check }) => check === "audience")?.message).toBe(
      `not checked; the token says ['${AUDIENCE}']`,
    );
  });

  it("refuses what no issuer could make good, whatever is passed", async () => {
    const code = async (jwt: unknown) =>
      (await explainUnverified(jwt as string, { clock })).checks.find(({ status }) => status === "failed")
        ?.code;
    expect(await code(signed(key, goodClaims({ exp: NOW / 1000 - 60 })))).toBe("token_expired");
    expect(await code(signed(key, goodClaims(), { alg: "HS256" }))).toBe("algorithm_not_allowed");
    expect(await code(signed(key, goodClaims({ nonce: "x", at_hash: "x" }), { typ: "JWT" }))).toBe(
      "token_type_wrong",
    );
    expect(await code(signed(key, {}))).toBe("claim_missing");
    for (const nothing of [undefined, "", "x", {}, "a.b.c", Promise.resolve("x")]) {
      expect(await code(nothing)).toMatch(/^token_(?:missing|malformed)$/);
    }
  });

  it("asks nobody", async () => {
    const asked = vi.spyOn(globalThis, "fetch");
    await explainUnverified(signed(key, goodClaims()), { clock });
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });
});

describe("formatExplanation", () => {
  it("writes a line for each check and how to mend the failed ones", async () => {
    const text = formatExplanation(await offline().explain(signed(key, goodClaims({ aud: [] }))));
    expect(text).toContain("ok   issuer            'https://bookstore.kinde.com'\n");
    expect(text).toMatch(/FAIL audience {10}audience_wrong: \[\]\n +expected: '.*'\n +fix: Register the API/);
    expect(text).toContain("-    client            no clientId is configured\n");
    expect(text).not.toContain("\u001b");
  });

  it("uses colours on request", async () => {
    const explanation = await offline().explain("x");
    expect(formatExplanation(explanation, { color: true })).toContain("\u001b[31mFAIL");
  });
});
