import { expect, it } from "vitest";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "../test/mint.ts";
import { KnownHeaders } from "./known-headers.ts";
import { createVerifier } from "./verifier.ts";

it("remembers a few short headers, and no more", () => {
  const known = new KnownHeaders();
  for (let i = 0; i < 100; i++) known.add(`header-${i}`, { alg: "RS256", kid: String(i) });
  const kept = Array.from({ length: 100 }, (_, i) => known.get(`header-${i}`)).filter(Boolean);
  expect(kept.map((header) => header?.kid)).toEqual(Array.from({ length: 16 }, (_, i) => String(84 + i)));
  const long = "x".repeat(513);
  known.add(long, { alg: "RS256" });
  expect(known.get(long)).toBeUndefined();
});

it("a header that was seen before decides nothing: every token is checked as if it were the first", async () => {
  const key = testKey();
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: keySet(key),
    clock: () => NOW,
  });
  const good = signed(key, goodClaims());
  const forged = signed(testKey("RS256", "key-2"), goodClaims({ sub: "mallory" }), { kid: "key-1" });
  const expired = signed(key, goodClaims({ exp: NOW / 1000 - 60 }));
  const none = signed(key, goodClaims(), { alg: "none" });
  for (let round = 0; round < 3; round++) {
    const codes = [];
    for (const jwt of [forged, good, expired, none]) {
      const verdict = await verifier.tryVerify(jwt);
      codes.push(verdict.ok ? verdict.token.subject : verdict.error.code);
    }
    expect(codes).toEqual(["signature_invalid", "kp_1", "token_expired", "algorithm_not_allowed"]);
  }
});
