// The tokens that everybody verifies, of one issuer with its keys on a local port.
import { createPublicKey } from "node:crypto";
import { createTestIssuer } from "@hallpass/testing";

const FEW = 100;

/**
 * @param {number} count how many valid tokens
 * @param {(made: number) => void} [onToken]
 */
export async function createCorpus(count, onToken = () => {}) {
  const issuer = await createTestIssuer({ dialect: "kinde" });
  const profile = {
    permissions: [
      "read:books",
      "create:books",
      "update:books",
      "delete:books",
      "read:orders",
      "create:orders",
    ],
    scopes: ["openid", "profile", "email", "offline"],
    flags: { theme: "dark", beta: true, page_size: 50 },
    expiresIn: 24 * 3600,
  };
  const valid = [];
  for (let index = 0; index < count; index += 1) {
    valid.push(
      Buffer.from(await issuer.token({ ...profile, subject: `kp_${index.toString(16).padStart(32, "0")}` })),
    );
    onToken(index + 1);
  }
  const expired = [];
  const unknownKey = [];
  const plain = [];
  for (let index = 0; index < FEW; index += 1) {
    const subject = `kp_${index.toString(16).padStart(32, "0")}`;
    const gone = { issuedAt: Math.floor(Date.now() / 1000) - 7200, expiresIn: 3600 };
    expired.push(Buffer.from(await issuer.token({ ...profile, subject, ...gone })));
    plain.push(Buffer.from(await issuer.token({ ...profile, subject, header: { typ: "JWT" } })));
    unknownKey.push(
      Buffer.from(
        await issuer.token({ ...profile, subject, header: { kid: "a-key-that-nobody-published" } }),
      ),
    );
  }
  const jwk = issuer.keys().keys[0];
  return {
    issuer,
    valid,
    expired,
    badSignature: valid.slice(0, FEW).map(withFlippedSignature),
    unknownKey,
    plain,
    publicKey: createPublicKey({ key: jwk, format: "jwk" }),
    close: () => issuer.close(),
  };
}

/** One bit of the signature's middle is another. @param {Buffer} token */
function withFlippedSignature(token) {
  const [header, payload, signature] = token.latin1Slice().split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[128] ^= 1;
  return Buffer.from(`${header}.${payload}.${bytes.toString("base64url")}`);
}

/**
 * Hands out tokens in turn. Each is a fresh string, as an HTTP parser makes it: a string used twice has its hash
 * computed already, which flatters every cache.
 * @param {readonly Buffer[]} tokens
 */
export function inTurn(tokens) {
  let index = 0;
  return () => {
    const token = tokens[index].latin1Slice();
    index = (index + 1) % tokens.length;
    return token;
  };
}
