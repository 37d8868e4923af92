import { type Client, clockTolerance, processRefreshTokenResponse, ResponseBodyError } from "oauth4webapi";
import { AuthError } from "./auth-error.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import type { IssuerMetadata } from "./issuer.ts";
import { claimsOf, type TokenSet } from "./session.ts";
import type { SignInTransaction } from "./storage/sign-in-transactions.ts";

/** Whom to ask, and as whom. */
export interface TokenEndpoint {
  readonly metadata: IssuerMetadata;
  readonly clientId: string;
  /** The refresh token travels in the issuer's HttpOnly cookie. */
  readonly cookie: boolean;
}

/** How far this device's clock may be off, in seconds, before an ID token that has just arrived seems expired. */
const CLOCK_TOLERANCE = 900;

/**
 * Checks the issuer's answer (RFC 9207 `iss`, error), redeems the code with the PKCE verifier and validates the ID
 * token: issuer, audience, authorized party, algorithm, nonce, time (OpenID Connect Core 3.1.3.7; it came straight
 * from the token endpoint over TLS, which stands in for its signature).
 *
 * @param answer the parameters that the issuer sent the browser back with; whose state it is has been seen to
 * @throws {AuthError} `access_denied`, `issuer_error`, `sign_in_failed`, `issuer_unreachable`
 */
export async function redeemCode(
  endpoint: TokenEndpoint,
  answer: URLSearchParams,
  { verifier, nonce, redirectUri, issuer }: SignInTransaction,
): Promise<TokenSet> {
  const { metadata } = endpoint;
  const iss = answer.getAll("iss");
  const needed = metadata.authorization_response_iss_parameter_supported ? 1 : iss.length;
  // The code goes to the issuer that the sign-in was started at, and to no other (RFC 9700 section 2.1).
  if (metadata.issuer !== issuer || iss.length !== needed || iss.some((value) => value !== issuer)) {
    throw invalid("it is another issuer's");
  }
  const [error, description] = [answer.get("error"), answer.get("error_description")];
  if (error) {
    const code = error === "access_denied" ? error : "issuer_error";
    throw new AuthError(code, refusal(error, description), { reason: error });
  }
  const tokens = await request(endpoint, {
    grant_type: "authorization_code",
    code: answer.getAll("code").join(),
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  if (claimsOf(tokens.idToken).nonce !== nonce) throw invalid("its ID token is not for this sign-in");
  return tokens;
}

/**
 * Renews the session (RFC 6749 section 6), with the refresh token given or the one in the issuer's cookie.
 *
 * @throws {AuthError} `session_ended` only for the issuer's `invalid_grant`; anything else is `issuer_unreachable`,
 *   because it says nothing about the session.
 */
export async function refreshTokens(
  endpoint: TokenEndpoint,
  refreshToken: string | undefined,
  audience: string | undefined,
): Promise<TokenSet> {
  try {
    return await request(endpoint, {
      grant_type: "refresh_token",
      ...(refreshToken && { refresh_token: refreshToken }),
      ...(audience && { audience }),
    });
  } catch (error) {
    const { message, reason, retryAfter } = error as AuthError;
    throw reason === "invalid_grant"
      ? new AuthError("session_ended", "the session has ended: sign in again", { reason })
      : new AuthError("issuer_unreachable", message, { reason, retryAfter });
  }
}

/** One request; the answer is checked, and with it the ID token if there is one. */
async function request(
  { metadata, clientId, cookie }: TokenEndpoint,
  form: Record<string, string>,
): Promise<TokenSet> {
  const client: Client = { client_id: clientId, [clockTolerance]: CLOCK_TOLERANCE };
  try {
    const response = await boundedFetch(metadata.token_endpoint, {
      method: "POST",
      body: new URLSearchParams({
        ...form,
        client_id: clientId,
        ...(cookie && { refresh_token_transport: "cookie" }),
      }),
      credentials: cookie ? "include" : "omit",
      cache: "no-store",
    });
    const { status } = response;
    if (status === 429 || status > 499) {
      const retryAfter = Number(response.headers.get("retry-after"));
      throw new AuthError("issuer_unreachable", `the issuer answered with status ${status}`, { retryAfter });
    }
    const answer = await processRefreshTokenResponse(metadata, client, response);
    const { exp = 300, iat = 0 } = claimsOf(answer.access_token);
    return {
      accessToken: answer.access_token,
      idToken: answer.id_token,
      refreshToken: answer.refresh_token,
      expiresIn: answer.expires_in ?? exp - iat,
    };
  } catch (error) {
    // The cause is left behind on purpose: it holds the answer, tokens and all.
    if (error instanceof AuthError) throw error;
    if (error instanceof ResponseBodyError) {
      throw new AuthError("sign_in_failed", refusal(error.error, error.error_description), {
        reason: error.error,
      });
    }
    const { code, message } = error as Error & { code?: unknown };
    // Errors of the network and of time-outs have no such code.
    throw /^(OAUTH|ERR)_/.test(`${code}`)
      ? invalid(message)
      : new AuthError("issuer_unreachable", "the issuer cannot be reached");
  }
}

const refusal = (error: string, description: string | null | undefined): string =>
  `the issuer answered ${error}: ${(description ?? "").slice(0, 300)}`;

const invalid = (why: string): AuthError =>
  new AuthError("sign_in_failed", `the issuer's answer is not valid: ${why}`);
