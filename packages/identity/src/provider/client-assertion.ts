import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { Database } from "../database/index.ts";
import { algorithmsOf } from "../settings/client-key.ts";
import { rememberOnce } from "./entity-store.ts";

/** RFC 7523 section 2.2. */
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Seconds from now until an assertion's `exp`, at most. */
const LONGEST_LIFE = 600;

/** Seconds by which the clocks of an application and of this server may differ. */
const CLOCK_TOLERANCE = 10;

const LONGEST_ID = 256;

/** What `typ` may be: nothing, or RFC 7523bis's. An access token or a logout token is no assertion. */
const TYPES: readonly unknown[] = [undefined, "JWT", "client-authentication+jwt"];

/**
 * Checks a client assertion (RFC 7523 section 3): its signature by a key of the application, with an algorithm of
 * that key, that it is from this application about itself, for this issuer, for a short time, and presented for
 * the first time.
 *
 * The audience has to be the issuer identifier, as a string and alone (RFC 10070): with a list, or the address of an
 * endpoint, another issuer could have the application make an assertion that this one accepts.
 *
 * @returns what is wrong with it, `undefined` if nothing is.
 */
export async function assertionProblem(
  db: Database,
  assertion: string,
  application: { clientId: string; jwks: JSONWebKeySet },
  issuer: string,
): Promise<string | undefined> {
  const { clientId, jwks } = application;
  const now = Date.now();
  let claims: JWTPayload;
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet(jwks), {
      algorithms: jwks.keys.flatMap((key) => [...algorithmsOf({ ...key })]),
      currentDate: new Date(now),
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ["iss", "sub", "aud", "exp", "jti"],
    });
    if (!TYPES.includes(protectedHeader.typ)) return "its typ is not that of a client assertion";
    claims = payload;
  } catch (error) {
    return problemOf(error);
  }
  const { iss, sub, aud, exp = 0, jti } = claims;
  if (iss !== clientId || sub !== clientId) return "its iss and sub must both be the client_id";
  if (aud !== issuer) return `its aud must be the string ${issuer}, and nothing else`;
  if (exp > now / 1000 + LONGEST_LIFE + CLOCK_TOLERANCE) {
    return `its exp must be at most ${LONGEST_LIFE} seconds from now`;
  }
  if (typeof jti !== "string" || jti === "" || jti.length > LONGEST_ID) {
    return `its jti must have 1 to ${LONGEST_ID} characters`;
  }
  const id = JSON.stringify([clientId, jti]);
  const first = await rememberOnce(db, "ClientAssertion", id, (exp + CLOCK_TOLERANCE) * 1000);
  return first ? undefined : "it was used before: make a new one for each request";
}

function problemOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === "missing" ? `it has no ${error.claim}` : `its ${error.claim} is not acceptable`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "its algorithm is not one of the application's keys";
  if (error instanceof errors.JWKSNoMatchingKey) return "no key of the application fits its kid and alg";
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "it needs a kid: several keys fit";
  return "it is not a JWT that a key of the application has signed";
}
