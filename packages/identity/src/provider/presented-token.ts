import type { IncomingMessage } from "node:http";
import type { AccessTokenCheck, LiveAccessToken } from "./access-token-check.ts";
import { DPOP_ALGORITHMS, type DpopCheck } from "./dpop-proof.ts";

/** Why a request with an access token is refused, and the `WWW-Authenticate` that says so. */
export interface TokenProblem {
  status: 400 | 401 | 403;
  error: string | undefined;
  description: string | undefined;
  challenge: string;
}

/** The access token of a request, as a bearer token (RFC 6750) or with the proof that it is bound to (RFC 9449). */
export type PresentedToken = (request: IncomingMessage) => Promise<LiveAccessToken | TokenProblem>;

const AUTHORIZATION = /^(Bearer|DPoP) ([\w.~+/=-]+)$/i;

/**
 * @param options.issuer the address that requests come to, whatever their Host says.
 */
export function createPresentedToken(options: {
  issuer: string;
  checkAccessToken: AccessTokenCheck;
  checkProof: DpopCheck;
}): PresentedToken {
  const { issuer, checkAccessToken, checkProof } = options;

  return async (request) => {
    // Of two headers `request.headers` has the first, and whatever stands in front may have looked at the other.
    const [header, ...others] = request.headersDistinct.authorization ?? [];
    if (header === undefined) return tokenProblem(issuer, 401);
    const [, scheme = "", jwt = ""] = AUTHORIZATION.exec(header) ?? [];
    if (jwt === "" || others.length > 0) {
      return tokenProblem(
        issuer,
        400,
        "invalid_request",
        "send the access token as: Authorization: Bearer <token>, once",
      );
    }
    const bound = scheme.toLowerCase() === "dpop";
    if (!bound) {
      const token = await checkAccessToken(jwt);
      return token ?? tokenProblem(issuer, 401, "invalid_token", REFUSED);
    }
    const [path = ""] = (request.url ?? "").split("?", 1);
    const proof = await checkProof(request, jwt, issuer + path);
    if ("problem" in proof) return tokenProblem(issuer, 401, "invalid_dpop_proof", proof.problem, "DPoP");
    const token = await checkAccessToken(jwt, proof.jkt);
    return token?.claims.cnf === undefined
      ? tokenProblem(issuer, 401, "invalid_token", REFUSED, "DPoP")
      : token;
  };
}

const REFUSED =
  "the access token is not one of this issuer, expired, revoked, or bound to a key that was not proved";

/** A refusal with its challenge (RFC 6750 section 3, RFC 9449 section 7.1). */
export function tokenProblem(
  issuer: string,
  status: TokenProblem["status"],
  error?: string,
  description?: string,
  scheme: "Bearer" | "DPoP" = "Bearer",
): TokenProblem {
  const parts = [`${scheme} realm="${issuer}"`];
  if (scheme === "DPoP") parts.push(`algs="${DPOP_ALGORITHMS.join(" ")}"`);
  if (error) parts.push(`error="${error}"`, `error_description="${description}"`);
  if (error === "insufficient_scope") parts.push('scope="openid"');
  return { status, error, description, challenge: parts.join(", ") };
}
