import { decodeText } from "../base64url.web.ts";
import { ClaimError } from "./claim-error.ts";
import type { JwtClaims } from "./jwt-claims.ts";

/**
 * Reads the payload of a JWT **without verifying anything**. It is for showing someone their own token in a browser; a
 * server that decides anything by it lets in whoever can type. Use `createVerifier` there.
 *
 * @throws {ClaimError} `token_unreadable` when it is not a signed JWT in its compact form
 */
export function decodeClaims(jwt: string): JwtClaims {
  const segments = typeof jwt === "string" ? jwt.split(".", 6) : [];
  if (segments.length === 5) {
    throw unreadable("It has five parts, so it is encrypted: only its recipient can read it.");
  }
  const payload = segments.length === 3 ? decodeText(segments[1] as string) : undefined;
  if (payload === undefined) {
    throw unreadable("Pass the JWT alone, as a string: three base64url parts with dots between them.");
  }
  let claims: unknown;
  try {
    claims = JSON.parse(payload);
  } catch {
    throw unreadable("Its payload is not JSON.");
  }
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw unreadable("Its payload is not a JSON object.");
  }
  return claims as JwtClaims;
}

function unreadable(why: string): ClaimError {
  return new ClaimError("token_unreadable", `The token cannot be read. ${why}`);
}
