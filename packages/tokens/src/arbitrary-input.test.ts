import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectNoTokenIn } from "../test/leak.ts";
import { AUDIENCE, base64url, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "../test/mint.ts";
import { createVerifier } from "./verifier.ts";

const key = testKey();
const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: keySet(key), clock: () => NOW });
const good = signed(key, goodClaims());

async function expectRefused(jwt: unknown): Promise<void> {
  const verdict = await verifier.tryVerify(jwt as string);
  if (verdict.ok) throw new Error("accepted");
  expectNoTokenIn(`${JSON.stringify(verdict.error)} ${verdict.error.stack}`, jwt);
  const explanation = await verifier.explain(jwt as string);
  expect(explanation.ok).toBe(false);
  expect(explanation.checks.find(({ status }) => status === "failed")?.code).toBe(verdict.error.code);
  expectNoTokenIn(JSON.stringify(explanation.checks), jwt);
}

const anyHeader = fc.record(
  {
    alg: fc.oneof(fc.constantFrom("RS256", "none", "HS256", "ES256"), fc.jsonValue()),
    kid: fc.oneof(fc.constantFrom("key-1", "key-2"), fc.jsonValue()),
    typ: fc.oneof(fc.constantFrom("at+jwt", "JWT"), fc.jsonValue()),
    crit: fc.jsonValue(),
    jwk: fc.constant(testKey("RS256", "key-2").jwk),
  },
  { requiredKeys: [] },
);

describe("tryVerify never throws, never accepts and never repeats the token", () => {
  it("for any value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBoxedValues: true, withNullPrototype: true }), expectRefused),
    );
  });

  it("for any text", async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), expectRefused));
    const parts = fc.array(fc.base64String(), { minLength: 1, maxLength: 6 });
    await fc.assert(fc.asyncProperty(parts, (list) => expectRefused(list.join("."))));
  });

  it("for any header and payload under the signature of another token", async () => {
    const signature = good.split(".")[2];
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyHeader, fc.jsonValue()), fc.jsonValue(), (header, payload) =>
        expectRefused(`${base64url(header)}.${base64url(payload)}.${signature}`),
      ),
    );
  });

  it("for a good token with one character replaced, taken out or put in anywhere", async () => {
    const characters = fc.constantFrom(..."AZaz09-_.+/= \n\u0000é");
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        characters,
        fc.constantFrom("replace", "remove", "insert"),
        async (at, character, how) => {
          const changed =
            how === "remove"
              ? good.slice(0, at) + good.slice(at + 1)
              : good.slice(0, at) + character + good.slice(how === "replace" ? at + 1 : at);
          if (changed !== good) await expectRefused(changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("for a good token cut short anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), (length) => expectRefused(good.slice(0, length))),
    );
  });

  it("and any signed claims either pass all checks or are refused, never an exception", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (extra) => {
        const verdict = await verifier.tryVerify(signed(key, { ...goodClaims(), ...extra }));
        if (!verdict.ok) expect(verdict.error.name).toBe("TokenError");
        else expect(verdict.token.issuer).toBe(ISSUER);
      }),
      { numRuns: 50 },
    );
  });
});
