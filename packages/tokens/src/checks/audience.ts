import { refusal } from "../refusal.ts";
import { clientOf } from "../verified-jwt.ts";
import { type Check, claimOf, issuerOf } from "./check.ts";
import { isAudience, isForItsApplication, saysAccessToken } from "./type.ts";

/** Is it meant for this API (RFC 7519 section 4.1.3)? One match is enough; an empty list matches nothing. */
export const audience: Check = (examination) => {
  const { audience: names } = issuerOf(examination);
  // Switched off, or `client` takes its place.
  if (names === null || names === undefined) return undefined;
  if (names.some((name) => isAudience(examination, name))) return undefined;
  const aud = claimOf(examination, "aud");
  return refusal("audience_wrong", "aud", aud, names, isForItsApplication(examination));
};

/** Was it given to a known application? For issuers whose access tokens have no audience. */
export const client: Check = (examination) => {
  const { clientId, audience: names } = issuerOf(examination);
  if (clientId === undefined) return undefined;
  const found = clientOf(examination);
  if (typeof found !== "string" || !clientId.includes(found)) {
    return refusal("audience_wrong", "client_id", found, clientId);
  }
  // Without an audience to check, an ID token of the same application would otherwise pass.
  return (names ?? null) === null && isAudience(examination, found) && !saysAccessToken(examination)
    ? refusal("token_type_wrong", "client")
    : undefined;
};
