import { describe, expect, it } from "vitest";
import { signatureOver, testKey } from "../test/mint.ts";
import { ALGORITHMS, type Algorithm, type AlgorithmNeeds } from "./algorithms.ts";
import * as node from "./signature.node.ts";
import * as web from "./signature.web.ts";
import type { SignatureSeam } from "./signature-seam.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

const runtimes: [string, SignatureSeam][] = [
  ["node:crypto", node],
  ["WebCrypto", web],
];
const INPUT = "eyJhbGciOiJ4In0.eyJzdWIiOiJ4In0";

describe.each(runtimes)("signatures with %s", (_, seam) => {
  const { verifySignature } = seam;
  const importKey = (jwk: PublicJsonWebKey, algorithm: Algorithm) =>
    seam.importKey(jwk, algorithm, ALGORITHMS.get(algorithm) as AlgorithmNeeds);

  describe.each([...ALGORITHMS.keys()] as Algorithm[])("%s", (algorithm) => {
    const key = testKey(algorithm);
    const good = signatureOver(key, INPUT);

    it("accepts one that the key made", async () => {
      expect(await verifySignature(await importKey(key.jwk, algorithm), INPUT, good)).toBe(true);
    });

    it("refuses other text, another key, and a signature that is changed, cut, lengthened or empty", async () => {
      const imported = await importKey(key.jwk, algorithm);
      const stranger = await importKey(testKey(algorithm, "stranger").jwk, algorithm);
      expect(await verifySignature(imported, `${INPUT}x`, good)).toBe(false);
      expect(await verifySignature(stranger, INPUT, good)).toBe(false);
      const bytes = Buffer.from(good, "base64url");
      const flipped = Buffer.from(bytes);
      flipped[10] = (flipped[10] as number) ^ 1;
      for (const bad of [
        flipped,
        bytes.subarray(1),
        bytes.subarray(0, -1),
        Buffer.concat([bytes, Buffer.alloc(1)]),
        Buffer.concat([Buffer.alloc(1), bytes]),
        Buffer.alloc(0),
        Buffer.alloc(bytes.length),
      ]) {
        expect(await verifySignature(imported, INPUT, bad.toString("base64url"))).toBe(false);
      }
    });
  });

  it("ES256 refuses zero, the order and DER in place of r and s", async () => {
    const key = await importKey(testKey("ES256").jwk, "ES256");
    const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    const zero = Buffer.alloc(32);
    for (const [r, s] of [
      [zero, zero],
      [zero, order],
      [order, zero],
      [order, order],
    ] as const) {
      expect(await verifySignature(key, INPUT, Buffer.concat([r, s]).toString("base64url"))).toBe(false);
    }
    const der = Buffer.from("3006020100020100", "hex").toString("base64url");
    expect(await verifySignature(key, INPUT, der)).toBe(false);
  });

  it("RS256 refuses what PS256 made and the other way round", async () => {
    const rs = await importKey(testKey("RS256").jwk, "RS256");
    const ps = await importKey(testKey("PS256").jwk, "PS256");
    const signature = (algorithm: Algorithm) => signatureOver(testKey(algorithm), INPUT);
    expect(await verifySignature(rs, INPUT, signature("PS256"))).toBe(false);
    expect(await verifySignature(ps, INPUT, signature("RS256"))).toBe(false);
  });

  it.each([
    ["a point that is not on the curve", { ...testKey("ES256").jwk, y: testKey("ES256").jwk.x }, "ES256"],
    [
      "an Ed25519 key of 31 bytes",
      { kty: "OKP", crv: "Ed25519", x: Buffer.alloc(31).toString("base64url") },
      "EdDSA",
    ],
    ["an RSA key without its numbers", { kty: "RSA" }, "RS256"],
  ] as const)("does not import %s", async (_, jwk, algorithm) => {
    await expect((async () => importKey(jwk, algorithm))()).rejects.toThrow();
  });
});
