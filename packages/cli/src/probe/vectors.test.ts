import { createTestIssuer } from "@hallpass/testing";
import { createVerifier } from "@hallpass/tokens";
import { expect, test } from "vitest";
import { issuerWorkbench } from "./attempt.ts";
import { tokenWorkbench } from "./mutation.ts";
import { vectors } from "./vectors.ts";

test("docs/probe-vectors.json is what is sent", async () => {
  const document = {
    about:
      "What hallpass probe sends to an API, in this order. Tokens expire and have to be signed by an issuer that the " +
      "API trusts, so each is a recipe: hallpass probe signs it, or changes a good token as the recipe says.",
    good: { alg: "RS256", typ: "at+jwt", kid: "a key that the issuer publishes" },
    vectors: vectors.map(
      ({ name, expect: wanted, title, how, status, code, severity, why, fix, fromToken }) => ({
        ...{ name, expect: wanted, status, title, how, ...(code !== undefined && { code }) },
        ...{ severity, why, fix, fromToken },
      }),
    ),
  };
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(
    "../../../../docs/probe-vectors.json",
  );
});

test("every vector has a name of its own and all of it said", () => {
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
  for (const { title, how, why, fix } of vectors) {
    for (const text of [title, how, why, fix]) expect(text).toMatch(/\w{2}/);
  }
});

test("an issuer makes all of them, and a good token those that say so", async () => {
  await using issuer = await createTestIssuer();
  const byIssuer = issuerWorkbench(issuer);
  const byToken = tokenWorkbench(await issuer.token());
  for (const vector of vectors) {
    expect([vector.name, (await byIssuer(vector)) !== undefined]).toEqual([vector.name, true]);
    // With the public key of the issuer, which is not given here.
    if (vector.name === "hs256_with_public_key") continue;
    expect([vector.name, (await byToken(vector)) !== undefined]).toEqual([vector.name, vector.fromToken]);
  }
});

test("what is made of a good token is refused with the same code as what the issuer makes", async () => {
  await using issuer = await createTestIssuer();
  const workbench = tokenWorkbench(await issuer.token());
  for (const vector of vectors.filter(({ expect: wanted, fromToken }) => wanted === "refuse" && fromToken)) {
    const { authorization = "" } = (await workbench(vector)) ?? {};
    if (!authorization.startsWith("Bearer ")) continue;
    const verifier = createVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      keys: issuer.keys(),
    });
    const verdict = await verifier.tryVerify(authorization.slice(7));
    expect([vector.name, verdict.ok ? "accepted" : verdict.error.code]).toEqual([vector.name, vector.code]);
  }
});
