import { CompactSign } from "jose";
import { type Claims, merged } from "./claim-styles.ts";
import type { SigningKey } from "./signing-keys.ts";

/** Signs any claims as a compact JWS (RFC 7515 section 7.1), also such as no library would sign as a JWT. */
export async function sign(key: SigningKey, claims: Claims, header?: Readonly<Claims>): Promise<string> {
  const full = merged({ alg: key.alg, typ: "at+jwt", kid: key.kid }, header) as {
    alg: string;
    crit?: string[];
  };
  const crit = Object.fromEntries((full.crit ?? []).map((name) => [name, true]));
  return new CompactSign(bytes(claims)).setProtectedHeader(full).sign(key.privateKey, { crit });
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Signatures of 256, 64, 96 and 132 bytes: where 3 divides the length there are no unused bits to set. */
export function withUnusedBit(jwt: string): string {
  const [header, payload, signature] = parts(jwt);
  if (signature.length % 4 === 0) return `${jwt}A`;
  const last = alphabet.indexOf(signature.at(-1) ?? "A");
  return `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last ^ 1]}`;
}

export function parts(jwt: string): [header: string, payload: string, signature: string] {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  return [header, payload, signature];
}

export function bytes(claims: Claims): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(claims));
}

export function encode(claims: Claims): string {
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}
