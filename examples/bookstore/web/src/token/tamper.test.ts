import { createTestIssuer } from "@hallpass/testing";
import { createVerifier } from "@hallpass/tokens";
import { afterAll, beforeAll, expect, it } from "vitest";
import { flipOneCharacter, readToken, withoutSignature } from "./tamper.ts";

let issuer: Awaited<ReturnType<typeof createTestIssuer>>;
let token: string;
beforeAll(async () => {
  issuer = await createTestIssuer();
  token = await issuer.token({ claims: { given_name: "Zoë" } });
});
afterAll(() => issuer.close());

it("makes a token whose signature is wrong by changing exactly one character", async () => {
  const flipped = flipOneCharacter(token);
  expect(flipped).toHaveLength(token.length);
  expect([...flipped].filter((character, place) => character !== token[place])).toHaveLength(1);
  await expect(codeOf(flipped)).resolves.toBe("signature_invalid");
});

it("makes a token that claims to need no signature", async () => {
  const unsigned = withoutSignature(token);
  expect(readToken(unsigned).header.alg).toBe("none");
  expect(readToken(unsigned).claims).toEqual(readToken(token).claims);
  await expect(codeOf(unsigned)).resolves.toBe("algorithm_not_allowed");
});

it("reads claims that are not ASCII", () => {
  expect(readToken(token).claims.given_name).toBe("Zoë");
});

async function codeOf(jwt: string): Promise<string | undefined> {
  const verdict = await createVerifier({ issuer: issuer.issuer, audience: issuer.audience }).tryVerify(jwt);
  return verdict.ok ? undefined : verdict.error.code;
}
