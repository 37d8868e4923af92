import { setTimeout as wait } from "node:timers/promises";
import { createTestIssuer } from "@hallpass/testing";
import { expect, it } from "vitest";
import { createVerifier } from "./verifier.ts";

it("under a hundred junk kids a second for a minute there is at most one fetch per 5 s, and a new key is accepted within 5 s", async () => {
  await using issuer = await createTestIssuer();
  const fetches: number[] = [];
  const start = performance.now();
  const verifier = createVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    cache: false,
    fetch: (...request) => {
      if (String(request[0]).includes("jwks")) fetches.push(performance.now() - start);
      return fetch(...request);
    },
  });
  const known = await issuer.token();
  expect((await verifier.tryVerify(known)).ok).toBe(true);

  const [, payload, signature] = (await issuer.badToken("unknown_key")).split(".");
  const outcomes = new Set<string>();
  let tokens = 0;
  async function junk(): Promise<void> {
    const header = { alg: "RS256", typ: "at+jwt", kid: `junk-${tokens++}` };
    const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
    const verdict = await verifier.tryVerify(`${encoded}.${payload}.${signature}`);
    if (verdict.ok) throw new Error("junk was accepted");
    outcomes.add(verdict.error.code);
    if (verdict.error.code === "keys_unavailable") {
      expect(verdict.error.retryAfter).toBeGreaterThanOrEqual(1);
      expect(verdict.error.retryAfter).toBeLessThanOrEqual(5);
    }
  }
  let acceptedAfter: number | undefined;
  await Promise.all(Array.from({ length: 1000 }, junk));
  for (let second = 0; second < 60; second++) {
    if (second === 31) await issuer.rotateKey();
    const rotated = performance.now();
    for (let tenth = 0; tenth < 10; tenth++) {
      await Promise.all(Array.from({ length: 10 }, junk));
      expect((await verifier.tryVerify(known)).ok).toBe(true);
      if (
        second >= 31 &&
        acceptedAfter === undefined &&
        (await verifier.tryVerify(await issuer.token())).ok
      ) {
        acceptedAfter = second - 31 + (performance.now() - rotated) / 1000;
      }
      await wait(90);
    }
  }
  expect(tokens).toBe(7000);
  expect(outcomes).toEqual(new Set(["key_unknown", "keys_unavailable"]));
  expect(acceptedAfter).toBeLessThanOrEqual(5.5);
  // The first is the cold start; then one at most in every 5 s.
  const [, ...caused] = fetches;
  for (let i = 1; i < caused.length; i++) {
    expect((caused[i] as number) - (caused[i - 1] as number)).toBeGreaterThan(4900);
  }
  expect(caused.length).toBeLessThanOrEqual(14);
}, 120_000);
