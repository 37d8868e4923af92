import { boundedFetch, type IssuerMetadata } from "@hallpass/client/server";
import * as oauth from "oauth4webapi";
import { AuthError } from "./auth-error.ts";
import type { Issuer } from "./issuer.ts";
import type { ClientSettings } from "./settings.ts";
import type { SignInTransaction } from "./sign-in-transactions.ts";
import { type TokenSet, tokenSetOf } from "./token-set.ts";

/** What an application asks of the issuer's token endpoint, and how answers become tokens or errors. */
export interface TokenEndpoint {
  /**
   * Checks the issuer's answer (state, RFC 9207 `iss`, error), redeems the code with the PKCE verifier, and validates
   * the ID token: issuer, audience, authorized party, algorithm, nonce, time (OpenID Connect Core 3.1.3.7).
   *
   * @throws {AuthError} `access_denied`, `issuer_error`, `issuer_wrong`, `sign_in_failed`, `issuer_unreachable`
   */
  redeemCode(answer: URLSearchParams, transaction: SignInTransaction, redirectUri: string): Promise<TokenSet>;
  /**
   * RFC 6749 section 6.
   *
   * @throws {AuthError} `session_ended` only for the issuer's `invalid_grant`; anything else is `issuer_unreachable` or
   *   `issuer_wrong`, because it says nothing about the session
   */
  refresh(refreshToken: string, deadline: AbortSignal): Promise<TokenSet>;
  /** RFC 6749 section 4.4. @throws {AuthError} `issuer_error`, `issuer_wrong`, `issuer_unreachable` */
  clientCredentials(audience: string | undefined): Promise<TokenSet>;
  /** RFC 7009. Whether it worked makes no difference to anybody. */
  revoke(refreshToken: string): Promise<void>;
}

/** How far this machine's clock may be off, in seconds, before an ID token that has just arrived seems expired. */
const CLOCK_TOLERANCE = 900;

const REVOCATION_DEADLINE_MS = 2_000;

export function createTokenEndpoint(settings: ClientSettings, issuer: Issuer): TokenEndpoint {
  const { clientId, clientSecret, audience, scope } = settings;
  const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE };

  const http = (deadline?: AbortSignal) => ({
    [oauth.customFetch]: (url: string, init: RequestInit) => send(url, init, settings, deadline),
    [oauth.allowInsecureRequests]: settings.address.startsWith("http:"),
  });

  function authentication({
    token_endpoint_auth_methods_supported: methods,
  }: IssuerMetadata): oauth.ClientAuth {
    if (clientSecret === undefined) return oauth.None();
    // Without a list it is client_secret_basic (OpenID Connect Discovery 1.0 section 3).
    return methods?.includes("client_secret_post") && !methods.includes("client_secret_basic")
      ? oauth.ClientSecretPost(clientSecret)
      : oauth.ClientSecretBasic(clientSecret);
  }

  return {
    async redeemCode(answer, { state, nonce, verifier, maxAge }, redirectUri) {
      const metadata = await issuer.metadata();
      const error = answer.get("error");
      try {
        const checked = oauth.validateAuthResponse(metadata, client, answer, state);
        const response = await oauth.authorizationCodeGrantRequest(
          metadata,
          client,
          authentication(metadata),
          checked,
          redirectUri,
          verifier,
          http(),
        );
        const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
          ...(maxAge !== undefined && { maxAge }),
        });
        return tokenSetOf(tokens);
      } catch (cause) {
        if (cause instanceof oauth.AuthorizationResponseError && error !== null) {
          const code = error === "access_denied" ? error : "issuer_error";
          throw new AuthError(code, refusal(error, cause.error_description), { reason: error });
        }
        throw explained(cause, "sign_in_failed");
      }
    },

    async refresh(refreshToken, deadline) {
      const metadata = await issuer.metadata();
      try {
        const response = await oauth.refreshTokenGrantRequest(
          metadata,
          client,
          authentication(metadata),
          refreshToken,
          { ...http(deadline), additionalParameters: { ...(audience && { audience }) } },
        );
        return tokenSetOf(await oauth.processRefreshTokenResponse(metadata, client, response));
      } catch (cause) {
        const error = explained(cause, "issuer_unreachable");
        throw error.reason === "invalid_grant"
          ? new AuthError("session_ended", "the issuer has ended the session: sign in again", error)
          : new AuthError("issuer_unreachable", error.message, error);
      }
    },

    async clientCredentials(wanted = audience) {
      const metadata = await issuer.metadata();
      try {
        const response = await oauth.clientCredentialsGrantRequest(
          metadata,
          client,
          authentication(metadata),
          { ...(wanted && { audience: wanted }), ...(scope && { scope }) },
          http(),
        );
        return tokenSetOf(await oauth.processClientCredentialsResponse(metadata, client, response));
      } catch (cause) {
        throw explained(cause, "issuer_error");
      }
    },

    async revoke(refreshToken) {
      try {
        const metadata = await issuer.metadata();
        if (metadata.revocation_endpoint === undefined) return;
        await oauth.revocationRequest(metadata, client, authentication(metadata), refreshToken, {
          ...http(AbortSignal.timeout(REVOCATION_DEADLINE_MS)),
          additionalParameters: { token_type_hint: "refresh_token" },
        });
      } catch {
        // The session is over here in any case.
      }
    },
  };
}

/** One bounded request. What says nothing about the tokens becomes `issuer_unreachable` here. */
async function send(
  url: string,
  { method, headers, body }: RequestInit,
  { fetch }: ClientSettings,
  deadline: AbortSignal | undefined,
): Promise<Response> {
  let response: Response;
  try {
    response = await boundedFetch(
      url,
      {
        ...(method && { method }),
        ...(headers && { headers }),
        body: body ?? null,
        ...(deadline && { signal: deadline }),
      },
      fetch,
    );
  } catch {
    throw new AuthError(
      "issuer_unreachable",
      "the issuer cannot be reached, or its answer is too slow, too large or a redirect",
    );
  }
  const { status } = response;
  if (status === 429 || status > 499) {
    const seconds = Number(response.headers.get("retry-after"));
    throw new AuthError("issuer_unreachable", `the issuer answered with status ${status}`, {
      retryAfter: seconds > 0 ? seconds : undefined,
    });
  }
  // The error in the body says more than a challenge.
  const rest = new Headers(response.headers);
  rest.delete("www-authenticate");
  return new Response(response.body, { status, headers: rest });
}

/** The cause is left behind on purpose: it holds the answer, tokens and all. */
function explained(
  cause: unknown,
  code: "sign_in_failed" | "issuer_unreachable" | "issuer_error",
): AuthError {
  if (cause instanceof AuthError) return cause;
  if (cause instanceof oauth.ResponseBodyError) {
    return new AuthError(code, refusal(cause.error, cause.error_description), { reason: cause.error });
  }
  return new AuthError(
    code,
    `the issuer's answer is not valid: ${cause instanceof Error ? cause.message : "unknown"}`,
  );
}

const refusal = (error: string, description: string | null | undefined): string =>
  `the issuer answered ${printable(error)}${description ? `: ${printable(description)}` : ""}`;

/** What others have written goes into logs: short, and in one line. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]+/g, " ").slice(0, 200);
