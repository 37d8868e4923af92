import { CompactEncrypt, compactDecrypt } from "jose";

/** Encrypts and authenticates (JWE `dir` with AES-256-GCM), for one purpose. */
export interface Seal {
  seal(content: object): Promise<string>;
  /** @returns undefined for what is tampered with, cut off, or sealed for another purpose or under another key */
  open(sealed: string): Promise<unknown>;
}

/** Longer than anything that is sealed here. */
const LONGEST = 65_536;

/**
 * @param secrets the first one seals, all of them open
 * @param purpose what is sealed for one purpose, or by another application, cannot be opened for this one
 */
export function createSeal(secrets: readonly string[], purpose: string): Seal {
  let keys: Promise<Uint8Array[]> | undefined;
  const load = (): Promise<Uint8Array[]> => {
    keys ??= Promise.all(secrets.map((secret) => derive(secret, purpose)));
    return keys;
  };
  return {
    async seal(content) {
      const [key] = await load();
      if (key === undefined) throw new TypeError("there is no secret to seal with");
      return await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .encrypt(key);
    },
    async open(sealed) {
      if (sealed.length > LONGEST) return undefined;
      for (const key of await load()) {
        try {
          const { plaintext } = await compactDecrypt(sealed, key, {
            keyManagementAlgorithms: ["dir"],
            contentEncryptionAlgorithms: ["A256GCM"],
          });
          return JSON.parse(new TextDecoder().decode(plaintext));
        } catch {
          // Perhaps it was sealed under an older key.
        }
      }
      return undefined;
    },
  };
}

/** HKDF with SHA-256 (RFC 5869): the secrets are random and long, so it needs no slow function. */
async function derive(secret: string, purpose: string): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const info = new TextEncoder().encode(purpose);
  return new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
      material,
      256,
    ),
  );
}

/** SHA-256, base64url: names something secret without telling it. */
export async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
