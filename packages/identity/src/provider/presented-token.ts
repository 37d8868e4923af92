import type { IncomingMessage } from "node:http";
import type { AccessTokenCheck, LiveAccessToken } from "./access-token-check.ts";
import { askedPath } from "./asked-path.ts";
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
 * @param options.issuer what a refusal names as the realm.
 * @param options.address scheme, host and port that requests come to, without a final slash, whatever their Host says.
 */
export function createPresentedToken(options: {
  issuer: string;
  address: string;
  checkAccessToken: AccessTokenCheck;
  checkProof: DpopCheck;
}): PresentedToken {
  const { issuer, address, checkAccessToken, checkProof } = options;

  return async (request) => {
    // Of two headers `request.headers` has the first, and whatever stands in front may have looked at the other.
    const [header, ...others] = request.headersDistinct.authorization ?? [];
    if (header === undefined) return tokenProblem(issuer, { status: 401 });
    const [, scheme = "", jwt = ""] = AUTHORIZATION.exec(header) ?? [];
    if (jwt === "" || others.length > 0) {
      return tokenProblem(issuer, {
        status: 400,
        error: "invalid_request",
        description: "send the access token as: Authorization: Bearer <token>, once",
      });
    }
    const refused = { status: 401, error: "invalid_token", description: REFUSED } as const;
    if (scheme.toLowerCase() !== "dpop") {
      return (await checkAccessToken(jwt)) ?? tokenProblem(issuer, refused);
    }
    const [path = ""] = (request.url ?? "").split("?", 1);
    const proof = await checkProof(request, jwt, address + (askedPath(request) ?? path));
    if ("problem" in proof) {
      const { problem: description } = proof;
      return tokenProblem(issuer, { status: 401, error: "invalid_dpop_proof", description, scheme: "DPoP" });
    }
    const token = await checkAccessToken(jwt, proof.jkt);
    return token?.claims.cnf === undefined ? tokenProblem(issuer, { ...refused, scheme: "DPoP" }) : token;
  };
}

const REFUSED =
  "the access token is not one of this issuer, expired, revoked, or bound to a key that was not proved";

/** A refusal with its challenge (RFC 6750 section 3, RFC 9449 section 7.1). */
export function tokenProblem(
  realm: string,
  refusal: Pick<TokenProblem, "status"> &
    Partial<Pick<TokenProblem, "error" | "description">> & {
      scheme?: "Bearer" | "DPoP";
      /** The scope that would have been needed. */
      scope?: string | undefined;
    },
): TokenProblem {
  const { status, error, description, scheme = "Bearer", scope } = refusal;
  const parts = [`${scheme} realm="${realm}"`];
  if (scheme === "DPoP") parts.push(`algs="${DPOP_ALGORITHMS.join(" ")}"`);
  if (error) parts.push(`error="${error}"`, `error_description="${description}"`);
  if (scope) parts.push(`scope="${scope}"`);
  return { status, error, description, challenge: parts.join(", ") };
}
