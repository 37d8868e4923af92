import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const VERSION = "v1";

function keyFrom(material: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", material, "hallpass", purpose, 32));
}

/**
 * Encrypts text with AES-256-GCM under a key derived (HKDF-SHA256) from `material`, which must hold at least
 * 128 random bits or be a strong secret. `purpose` keeps boxes of different uses apart.
 */
export function seal(text: string, material: string, purpose: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyFrom(material, purpose), iv);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${iv.toString("base64url")}.${sealed.toString("base64url")}`;
}

/** Opens what {@link seal} made; `undefined` if the material or the purpose is another, or the box was changed. */
export function unseal(box: string, material: string, purpose: string): string | undefined {
  const [version, iv, sealed] = box.split(".");
  if (version !== VERSION || !iv || !sealed) return undefined;
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < 16) return undefined;
  try {
    const decipher = createDecipheriv(
      "aes-256-gcm",
      keyFrom(material, purpose),
      Buffer.from(iv, "base64url"),
      { authTagLength: 16 },
    );
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
