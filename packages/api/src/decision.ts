import type { VerifiedToken, Verifier } from "@hallpass/tokens";
import { readCredentials } from "./credentials.ts";
import { invalidToken, type Refusal, refusalOf } from "./refusal.ts";
import type { Requirements } from "./requirements.ts";
import { refusalFor } from "./shortfall.ts";
import { observed } from "./telemetry.ts";

/** As much of an HTTP request as a decision needs. */
export interface GuardedRequest {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  /** Every `Authorization` header, as received. */
  readonly authorization: readonly string[];
  /** Any other header, by its name in lower case. */
  header(name: string): string | undefined;
}

/** What is done with a request. */
export type Decision<Claims extends object> =
  | { readonly outcome: "allowed"; readonly auth: VerifiedToken<Claims> }
  | { readonly outcome: "anonymous" }
  | { readonly outcome: "preflight" }
  | { readonly outcome: "refused"; readonly refusal: Refusal };

/** What an endpoint asks for. */
export interface Policy<Claims extends object> {
  readonly verifier: Verifier<Claims>;
  readonly requirements: Requirements<Claims>;
  /** Whether a request without a token is let in as anonymous. */
  readonly optional: boolean;
}

/**
 * Decides about one request: credentials, then the token, then what the endpoint requires.
 *
 * @throws {Error} what a condition (`where`) throws: that is a fault of the API, not of the caller
 */
export async function decide<Claims extends object>(
  request: GuardedRequest,
  policy: Policy<Claims>,
): Promise<Decision<Claims>> {
  try {
    return await observed(request.method, () => decideUnobserved(request, policy));
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    // Express goes on to the handler for `next()` and past it for `next("route")`: only an error stops a request.
    throw new Error("A condition of this endpoint threw something that is not an Error", { cause: thrown });
  }
}

async function decideUnobserved<Claims extends object>(
  request: GuardedRequest,
  { verifier, requirements, optional }: Policy<Claims>,
): Promise<Decision<Claims>> {
  // A browser never sends credentials with a preflight (Fetch standard, CORS-preflight fetch).
  if (isPreflight(request)) return { outcome: "preflight" };

  const credentials = readCredentials(request.authorization, request.url);
  if (credentials.kind === "none" && optional) return { outcome: "anonymous" };
  if (credentials.kind !== "bearer") return refused(credentials.refusal);

  const verdict = await verifier.tryVerify(credentials.token);
  if (!verdict.ok) return refused(refusalOf(verdict.error));

  const refusal = bindingRefusal(verdict.token) ?? (await refusalFor(verdict.token, requirements));
  return refusal === undefined ? { outcome: "allowed", auth: verdict.token } : refused(refusal);
}

function isPreflight(request: GuardedRequest): boolean {
  return (
    request.method === "OPTIONS" &&
    request.header("origin") !== undefined &&
    request.header("access-control-request-method") !== undefined
  );
}

/**
 * A token with `cnf` is worth nothing without the proof that its sender holds the key (RFC 9449 section 7.1, RFC 8705
 * section 3). Accepting it without one would undo that.
 */
function bindingRefusal<Claims extends object>(token: VerifiedToken<Claims>): Refusal | undefined {
  // Not `token.claims`: a schema may have dropped what it does not know.
  if (token.getClaim("cnf").value === null) return undefined;
  return invalidToken(
    "token_binding_unchecked",
    "The token is bound to a key of its sender (claim cnf), and this API cannot check that binding. " +
      "Ask the issuer for a token without DPoP or client certificate.",
  );
}

function refused(refusal: Refusal): { outcome: "refused"; refusal: Refusal } {
  return { outcome: "refused", refusal };
}
