import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import type { Database } from "../database/index.ts";
import { seenFirst } from "./replay-store.ts";

/** What the token endpoint takes as well. */
export const DPOP_ALGORITHMS: ("ES256" | "Ed25519" | "EdDSA")[] = ["ES256", "Ed25519", "EdDSA"];

/** Seconds that a proof is good for, before and after: clocks differ. */
const WINDOW = 60;

const LONGEST_PROOF = 8 * 1024;

/** The key whose holder sent a request, by its thumbprint (RFC 7638); or why the proof is none. */
export type DpopVerdict = { jkt: string } | { problem: string };

/** Judges the proof of a request that carries a bound access token (RFC 9449 section 7). */
export type DpopCheck = (request: IncomingMessage, accessToken: string, url: string) => Promise<DpopVerdict>;

/** Proofs are judged by the system's clock: the client that made one knows of no other. */
export function createDpopCheck(db: Database): DpopCheck {
  return async (request, accessToken, url) => {
    const [proof, ...others] = request.headersDistinct.dpop ?? [];
    if (proof === undefined || others.length > 0) return { problem: "one DPoP header is needed" };
    if (proof.length > LONGEST_PROOF) return { problem: "the DPoP proof is too long" };
    const verified = await jwtVerify(proof, EmbeddedJWK, {
      typ: "dpop+jwt",
      algorithms: DPOP_ALGORITHMS,
      requiredClaims: ["jti", "iat", "htm", "htu", "ath"],
    }).catch(() => undefined);
    if (!verified) return { problem: "the DPoP proof is not signed by the key in it" };
    const { htm, htu, ath, iat, jti } = verified.payload;
    if (htm !== request.method || !sameAddress(htu, url)) {
      return { problem: "the DPoP proof is for another request" };
    }
    if (ath !== createHash("sha256").update(accessToken).digest("base64url")) {
      return { problem: "the DPoP proof is for another access token" };
    }
    const now = Date.now();
    if (Math.abs(now / 1000 - Number(iat)) > WINDOW) return { problem: "the DPoP proof is not recent" };
    const jkt = await calculateJwkThumbprint(verified.protectedHeader.jwk as JWK);
    const unused =
      typeof jti === "string" && (await seenFirst(db, `resource ${jkt} ${jti}`, now + 2 * WINDOW * 1000));
    return unused ? { jkt } : { problem: "the DPoP proof was used before" };
  };
}

/** The thumbprint of the key in a proof whose signature somebody has verified already. */
export async function keyOfProof(proof: string): Promise<string> {
  return await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK);
}

/** Compared without query and fragment (RFC 9449 section 4.3). */
function sameAddress(htu: unknown, url: string): boolean {
  const stated = typeof htu === "string" ? URL.parse(htu) : null;
  if (!stated) return false;
  stated.search = "";
  stated.hash = "";
  return stated.href === new URL(url).href;
}
