import type { Dialect } from "../claims/dialect.ts";
import { type JwtClaims, own } from "../claims/jwt-claims.ts";
import { show, showAny } from "../printable.ts";
import { refusal } from "../token-error.ts";
import { type Check, issuerOf, jwsOf } from "./check.ts";
import { isForItsApplication, refuseType, saysAccessToken } from "./type.ts";

/** Is it meant for this API (RFC 7519 section 4.1.3)? One match is enough; an empty list matches nothing. */
export const audience: Check = {
  name: "audience",
  needs: ["form"],
  ofIssuer: true,
  off: (examination) => {
    const { audience: accepted } = issuerOf(examination);
    if (accepted === null) return "switched off by audience: null";
    return accepted === undefined ? "clientId is checked instead" : undefined;
  },
  run(examination) {
    const accepted = issuerOf(examination).audience ?? [];
    const { payload } = jwsOf(examination);
    const aud = own(payload, "aud");
    if (typeof aud === "string" ? accepted.includes(aud) : Array.isArray(aud) && intersects(aud, accepted)) {
      return undefined;
    }
    const expected = showAny(accepted);
    return refusal(
      "audience_wrong",
      `This token is not for this API: aud is ${show(aud)}, expected is ${expected}.`,
      {
        found: show(aud),
        expected,
        fix: audienceFix(aud, payload),
      },
    );
  },
  found: (examination) => show(own(jwsOf(examination).payload, "aud")),
  expected: (examination) => showAny(issuerOf(examination).audience ?? []),
};

function intersects(aud: readonly unknown[], accepted: readonly string[]): boolean {
  return aud.some((name) => typeof name === "string" && accepted.includes(name));
}

function audienceFix(aud: unknown, payload: object): string {
  if (isForItsApplication(payload)) {
    return "Its audience is the application itself, as in an ID token: send the access token instead.";
  }
  if (aud === undefined || (Array.isArray(aud) && aud.length === 0)) {
    return "Register the API at the issuer and pass its audience to the provider when signing in.";
  }
  return "Pass this API's audience to the provider when signing in, or configure the one that the token has.";
}

/** Was it given to a known application? For issuers whose access tokens have no audience. */
export const client: Check = {
  name: "client",
  needs: ["form"],
  ofIssuer: true,
  off: (examination) =>
    issuerOf(examination).clientId === undefined ? "no clientId is configured" : undefined,
  run(examination) {
    const { audience: audiences, clientId: accepted = [], dialect } = issuerOf(examination);
    const jws = jwsOf(examination);
    const found = clientOf(jws.payload, dialect);
    const expected = showAny(accepted);
    if (typeof found !== "string" || !accepted.includes(found)) {
      return refusal(
        "audience_wrong",
        `This token was given to the application ${show(found)} (client_id or azp), expected is ${expected}.`,
        { found: show(found), expected, fix: "Sign in with that application, or add this one to clientId." },
      );
    }
    // Without an audience to check, an ID token of the same application would otherwise pass.
    const aud = own(jws.payload, "aud");
    const forClient = aud === found || (Array.isArray(aud) && aud.includes(found));
    if ((audiences ?? null) === null && forClient && !saysAccessToken(jws)) {
      return refuseType(
        "an ID token",
        "its audience is the application itself",
        "Send the access token instead.",
      );
    }
    return undefined;
  },
  found: (examination) => show(clientOf(jwsOf(examination).payload, issuerOf(examination).dialect)),
  expected: (examination) => showAny(issuerOf(examination).clientId ?? []),
};

/** The application that a token was given to (RFC 9068 section 2.2; `azp` in OpenID Connect Core section 2). */
export function clientOf(payload: JwtClaims, dialect: Dialect): unknown {
  return own(payload, "client_id") ?? own(payload, "azp") ?? dialect.client?.(payload);
}
