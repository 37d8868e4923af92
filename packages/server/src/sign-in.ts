import {
  authorizationUrl,
  codeChallenge,
  defaultScope,
  familyOf,
  type IssuerFamily,
  organization,
  randomValue,
  registration,
  type SignInOptions,
  safeReturnTo,
} from "@hallpass/client/server";
import { AuthError, isAuthError } from "./auth-error.ts";
import type { CookieJar } from "./cookies.ts";
import type { Issuer } from "./issuer.ts";
import type { JsonValue, LoginOptions } from "./options.ts";
import { parametersOf } from "./query.ts";
import { type SessionRecord, withTokens } from "./session-record.ts";
import type { Settings } from "./settings.ts";
import type { SignInTransaction, SignInTransactions } from "./sign-in-transactions.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";
import type { TokenSet } from "./token-set.ts";

/** Which page of the issuer a sign-in begins with. */
export type SignInKind = "login" | "register" | "create-org";

/** The two halves of a sign-in: leaving for the issuer and coming back. */
export interface SignIn {
  begin(jar: CookieJar, kind: SignInKind, options: LoginOptions): Promise<string>;
  complete(
    jar: CookieJar,
    answer: string | URL,
  ): Promise<{ readonly record: SessionRecord; readonly transaction: SignInTransaction }>;
}

const LONGEST_RETURN_TO = 500;
const LONGEST_APP_STATE = 300;

/** What belongs to a sign-in itself: passed along, it would switch off what protects it. */
const ownParameters = [
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "response_type",
  "response_mode",
  "request",
  "request_uri",
  "client_id",
  "redirect_uri",
  "scope",
  "audience",
];

export function createSignIn(
  settings: Settings,
  redirectUri: string,
  issuer: Issuer,
  endpoint: TokenEndpoint,
  transactions: SignInTransactions,
): SignIn {
  async function redeem(
    jar: CookieJar,
    answer: URLSearchParams,
    transaction: SignInTransaction,
  ): Promise<TokenSet> {
    try {
      const tokens = await endpoint.redeemCode(answer, transaction, redirectUri);
      transactions.forget(jar, transaction);
      return tokens;
    } catch (error) {
      if (!isAuthError(error)) throw error;
      // While the issuer is out of reach, loading the same address once more may still do it.
      if (error.code !== "issuer_unreachable") transactions.forget(jar, transaction);
      const { reason, retryAfter } = error;
      throw new AuthError(error.code, error.message, { reason, retryAfter, returnTo: transaction.returnTo });
    }
  }

  return {
    async begin(jar, kind, options) {
      const { returnTo, appState, codeVerifier, authorizationParams = {}, ...named } = options;
      refuseOwnParameters(authorizationParams);
      const metadata = await issuer.metadata();
      const family = familyOf(metadata);
      const maxAge = named.maxAge ?? authorizationParams.max_age;
      const transaction = await transactions.begin(jar, (state) => ({
        state,
        nonce: randomValue(),
        verifier: verifierOf(codeVerifier),
        returnTo: shortReturnTo(returnTo),
        appState: shortAppState(appState),
        maxAge: maxAge === undefined ? undefined : Number(maxAge),
        startedAt: settings.now(),
      }));
      return authorizationUrl(
        metadata.authorization_endpoint,
        {
          clientId: settings.clientId,
          redirectUri,
          scope: settings.scope ?? defaultScope(family),
          audience: settings.audience,
          state: transaction.state,
          nonce: transaction.nonce,
          codeChallenge: await codeChallenge(transaction.verifier),
        },
        {
          ...pageOf(kind, family),
          ...(named as SignInOptions),
          ...organizationOf(kind, family, named.orgCode ?? settings.orgCode),
          parameters: authorizationParams as Readonly<Record<string, string>>,
        },
      );
    },

    async complete(jar, answer) {
      const parameters = parametersOf(`${answer}`);
      const transaction = await transactions.find(jar, parameters.get("state"));
      const tokens = await redeem(jar, parameters, transaction);
      const sid = tokens.idClaims?.sid;
      const now = settings.now();
      const blank: SessionRecord = {
        subject: tokens.idClaims?.sub ?? "",
        sid: typeof sid === "string" ? sid : undefined,
        accessToken: "",
        accessTokenExpiresAt: 0,
        accessTokenLifetime: 0,
        idToken: "",
        refreshToken: undefined,
        appState: transaction.appState,
        createdAt: now,
      };
      return { record: withTokens(blank, tokens, now), transaction };
    },
  };
}

function pageOf(kind: SignInKind, family: IssuerFamily): SignInOptions {
  if (kind === "login") return {};
  return kind === "register" ? registration(family) : { ...registration(family), isCreateOrg: true };
}

/** A new organization has no code yet. */
function organizationOf(kind: SignInKind, family: IssuerFamily, code: string | undefined): object {
  if (code === undefined || kind === "create-org") return { orgCode: undefined };
  return { orgCode: undefined, ...organization(family, code) };
}

function refuseOwnParameters(parameters: object): void {
  for (const name of ownParameters) {
    if (!Object.hasOwn(parameters, name)) continue;
    throw new AuthError(
      "option_invalid",
      `authorizationParams.${name} cannot be passed along: it is made for each sign-in, or configured`,
    );
  }
}

/** RFC 7636 section 4.1. */
function verifierOf(own: string | undefined): string {
  if (own === undefined) return randomValue();
  if (/^[\w.~-]{43,128}$/.test(own)) return own;
  throw new AuthError(
    "option_invalid",
    "codeVerifier is not one; expected 43 to 128 random characters, of letters, digits and '-._~'",
  );
}

function shortReturnTo(path: unknown): string {
  const safe = safeReturnTo(path);
  return bytes(safe) <= LONGEST_RETURN_TO ? safe : "/";
}

function shortAppState(state: JsonValue | undefined): JsonValue | undefined {
  if (state === undefined || bytes(JSON.stringify(state) ?? "") <= LONGEST_APP_STATE) return state;
  throw new AuthError(
    "option_invalid",
    `appState is too large; expected at most ${LONGEST_APP_STATE} bytes as JSON. Keep it on the server, and pass its id`,
  );
}

const bytes = (text: string): number => new TextEncoder().encode(text).byteLength;
