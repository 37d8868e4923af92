import type { Verifier } from "@hallpass/tokens";
import type { RequestHandler } from "express";

/**
 * Explains the token of the request itself, check by check. Only that one, and only from the Authorization header: so
 * it tells callers about a token they hold anyway. The answer has neither the token nor its claims in it.
 */
export function explainOwnToken(verifier: Pick<Verifier, "explain">): RequestHandler {
  return async (request, response) => {
    const { ok, checks } = await verifier.explain(bearerToken(request.get("authorization")));
    response.json({ data: { explanation: { ok, checks } } });
  };
}

/** What follows `Bearer`; nothing for another scheme or without a header (RFC 6750 section 2.1). */
function bearerToken(authorization: string | undefined): string {
  return /^Bearer +(\S.*)$/i.exec(authorization ?? "")?.[1] ?? "";
}
