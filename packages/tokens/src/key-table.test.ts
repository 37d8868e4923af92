import { beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "../test/mint.ts";
import { buildKeyTable, findKeys, holdsKey, type KeyTable, refuseUnknown } from "./key-table.ts";
import { words } from "./parts.ts";
import { TokenError } from "./token-error.ts";
import { createVerifier } from "./verifier.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

beforeAll(() => words.load());

const rsa = testKey("RS256").jwk;
const ec = testKey("ES256").jwk;

async function tableOf(keys: readonly unknown[], previous?: KeyTable): Promise<KeyTable> {
  return buildKeyTable(keys, ["RS256", "PS256", "ES256", "EdDSA"], previous);
}

describe("a key that cannot be used", () => {
  const cases: [what: string, jwk: PublicJsonWebKey, algorithm: "RS256" | "ES256" | "EdDSA", why: RegExp][] =
    [
      ["RSA of 1024 bits", { ...testKey("RS256", "small", 1024).jwk, kid: "key-1" }, "RS256", /1024 bits/],
      ["RSA with e = 1", { ...rsa, e: "AQ" }, "RS256", /exponent/],
      ["RSA with e = 3", { ...rsa, e: "Aw" }, "RS256", /exponent/],
      ["RSA with an even e", { ...rsa, e: "AQAA" }, "RS256", /exponent/],
      ["RSA with a huge e", { ...rsa, e: rsa.n as string }, "RS256", /exponent/],
      ["RSA of 20000 bits", { ...rsa, n: Buffer.alloc(2500, 255).toString("base64url") }, "RS256", /at most/],
      ["RSA with a padded modulus", { ...rsa, n: `${rsa.n}==` }, "RS256", /base64url/],
      ["RSA whose n is a number", { ...rsa, n: 5 }, "RS256", /base64url/],
      ["a private key", { ...rsa, d: "AQAB" }, "RS256", /private/],
      ["a symmetric key", { kty: "oct", kid: "key-1", k: "AAAA" }, "RS256", /symmetric/],
      ["an encryption key", { ...rsa, use: "enc" }, "RS256", /use is 'enc'/],
      ["key_ops without verify", { ...rsa, key_ops: ["wrapKey"] }, "RS256", /key_ops/],
      ["key_ops that is text", { ...rsa, key_ops: "verify" } as never, "RS256", /key_ops/],
      ["a key for another algorithm", { ...rsa, alg: "RS512" }, "RS256", /not for RS256/],
      ["a key of another family", { ...ec, kid: "key-1" }, "RS256", /not for RS256/],
      ["a key for encryption by alg", { ...rsa, alg: "RSA-OAEP" }, "RS256", /RSA-OAEP/],
      ["an unknown type", { kty: "LMS", kid: "key-1" }, "RS256", /kty is 'LMS'/],
      ["an unknown curve", { kty: "EC", crv: "secp256k1", kid: "key-1" }, "ES256", /secp256k1/],
      ["Ed448", { kty: "OKP", crv: "Ed448", kid: "key-1" }, "EdDSA", /Ed448/],
      ["a point off the curve", { ...ec, y: ec.x }, "ES256", /do not make a key/],
      [
        "a curve whose name is a list",
        { kty: "EC", crv: ["P-256"] as never, kid: "key-1" },
        "ES256",
        /curve/,
      ],
    ];
  it.each(cases)("%s: the reason is given", async (_, jwk, algorithm, why) => {
    const found = findKeys(await tableOf([jwk]), "key-1", algorithm);
    expect(found).toBeInstanceOf(TokenError);
    expect((found as TokenError).code).toBe("key_unusable");
    expect((found as TokenError).message).toMatch(why);
  });

  it("does not harm its siblings", async () => {
    const table = await tableOf([{ ...rsa, e: "AQ" }, null, 5, "x", [], {}, { ...ec, kid: "key-2" }, rsa]);
    expect(findKeys(table, "key-1", "RS256")).toHaveLength(1);
    expect(findKeys(table, "key-2", "ES256")).toHaveLength(1);
    expect(table.usable.size).toBe(2);
  });

  it("makes the verifier say so", async () => {
    const verifier = createVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: keySet({ ...rsa, use: "enc" }),
      clock: () => NOW,
    });
    expect(await verifier.tryVerify(signed(testKey(), goodClaims()))).toMatchObject({
      ok: false,
      error: { code: "key_unusable", found: "key 'key-1': its use is 'enc', not 'sig'" },
    });
  });
});

describe("the table of keys", () => {
  it("knows a key without alg for every algorithm that fits it", async () => {
    const table = await tableOf([{ ...rsa, alg: undefined }]);
    expect(findKeys(table, "key-1", "RS256")).toHaveLength(1);
    expect(findKeys(table, "key-1", "PS256")).toHaveLength(1);
    expect(findKeys(table, "key-1", "ES256")).toBeInstanceOf(TokenError);
  });

  it("keeps the same key over fetches, and notices when it is gone or replaced under its kid", async () => {
    const first = await tableOf([rsa]);
    const [key] = findKeys(first, "key-1", "RS256") as [never];
    const second = await tableOf([rsa, { ...ec, kid: "key-2" }], first);
    expect(holdsKey(second, key)).toBe(true);
    expect(holdsKey(await tableOf([{ ...ec, kid: "key-2" }], second), key)).toBe(false);
    const replaced = await tableOf([{ ...testKey("RS256", "key-2").jwk, kid: "key-1" }], second);
    expect(holdsKey(replaced, key)).toBe(false);
  });

  it("reads a key that is there twice once", async () => {
    expect(findKeys(await tableOf([rsa, rsa]), "key-1", "RS256")).toHaveLength(1);
  });

  it("reads a hundred keys and says that there are more", async () => {
    const many = Array.from({ length: 101 }, (_, i) => ({ ...ec, kid: `k${i}` }));
    const table = await tableOf(many);
    expect(findKeys(table, "k99", "ES256")).toHaveLength(1);
    expect(findKeys(table, "k100", "ES256")).toBeUndefined();
    expect(refuseUnknown(table, "k100", "ES256").message).toMatch(/1 more than 100/);
  });

  it("tries at most four keys on one token", async () => {
    const many = Array.from({ length: 5 }, (_, i) => ({ ...testKey("ES256", `t${i}`).jwk, kid: `k${i}` }));
    const none = findKeys(await tableOf(many), undefined, "ES256");
    expect(none).toMatchObject({ code: "key_unknown" });
    const same = await tableOf(many.map((jwk) => ({ ...jwk, kid: "same" })));
    expect(findKeys(same, "same", "ES256")).toMatchObject({ code: "key_unknown" });
    expect(findKeys(await tableOf(many.slice(0, 4)), undefined, "ES256")).toHaveLength(4);
  });

  it("does not take names of every object for kids", async () => {
    const table = await tableOf([{ ...rsa, kid: "__proto__" }]);
    expect(findKeys(table, "__proto__", "RS256")).toHaveLength(1);
    expect(findKeys(table, "constructor", "RS256")).toBeUndefined();
  });
});
