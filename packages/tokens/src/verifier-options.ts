import type { Algorithm } from "./algorithms.ts";
import type { Dialect, DialectName } from "./claims/dialect.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { StandardSchemaV1 } from "./standard-schema.ts";
import type { VerifiedToken } from "./verified-token.ts";

/** A public key as JSON (RFC 7517). */
export interface PublicJsonWebKey {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly [member: string]: unknown;
}

/** A JWKS document (RFC 7517 section 5). */
export interface JsonWebKeySet {
  readonly keys: readonly PublicJsonWebKey[];
}

/** What a rule of your own says when it does not let a token pass. */
export interface Refusal {
  /** Why, in a sentence. It reaches the caller: no secrets, no personal data. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** One issuer of several. What is left out is taken from the verifier's options. */
export interface IssuerOptions {
  readonly issuer: string;
  /** The tenants that the `{tenantid}` in `issuer` may stand for. */
  readonly tenants?: readonly string[];
  readonly audience?: string | readonly string[] | null;
  readonly clientId?: string | readonly string[];
  readonly jwksUri?: string;
  readonly keys?: JsonWebKeySet;
  readonly algorithms?: readonly Algorithm[];
  readonly dialect?: DialectName | Dialect;
}

/** What an {@link IssuerLookup} says of an issuer whose tokens are accepted. */
export type LookedUpIssuer = Omit<IssuerOptions, "issuer" | "tenants">;

/**
 * Says of an `iss` whether its tokens are accepted, and on which terms; nothing or `null` refuses it. Its algorithms
 * must be among the verifier's. Asked at most once in ten minutes for an issuer that it accepts, once in a minute for
 * one that it refuses, and given up after 3 seconds. Until it vouches for an issuer, nothing is fetched from there.
 */
export type IssuerLookup = (
  iss: string,
) => LookedUpIssuer | null | undefined | Promise<LookedUpIssuer | null | undefined>;

/** Whom a token must be meant for: the API, or where access tokens do not say that, the application. */
export type Recipient =
  | {
      readonly audience?: undefined;
      /** For issuers whose access tokens have no audience (Amazon Cognito, Clerk): matched against `client_id`, or else `azp`. */
      readonly clientId: string | readonly string[];
    }
  | {
      /**
       * The name of your API, as registered with the issuer. With several, one match is enough. `null` switches the
       * check off: any token of this issuer is then accepted, also one meant for another API.
       */
      readonly audience: string | readonly string[] | null;
      /** The applications whose tokens are accepted. Given together with `audience`, both must match. */
      readonly clientId?: string | readonly string[];
    };

/** Who signs the tokens, and for whom. */
export type IssuerAndRecipient =
  | {
      readonly issuer: (
        iss: string,
      ) =>
        | (LookedUpIssuer & Recipient)
        | null
        | undefined
        | Promise<(LookedUpIssuer & Recipient) | null | undefined>;
      readonly audience?: undefined;
      readonly clientId?: undefined;
    }
  | {
      readonly issuer: readonly (IssuerOptions & Recipient)[];
      readonly audience?: undefined;
      readonly clientId?: undefined;
    }
  | ({
      /**
       * Who signs the tokens: `https://yourapp.kinde.com`, or without `https://`, or with a final slash. What a token's
       * `iss` must equal is the `issuer` that the discovery document at this address states; where there is no discovery
       * (404), or `keys` or `jwksUri` is given, it is this value exactly. May also be a template with `tenants`, a list
       * or a function.
       */
      readonly issuer: string | readonly IssuerOptions[] | IssuerLookup;
    } & Recipient);

/** What {@link createVerifier} takes. Either `audience` or `clientId` is required. */
export type VerifierOptions<Claims extends object = JwtClaims> = IssuerAndRecipient & CheckOptions<Claims>;

/** What a verifier takes besides issuer and recipient. */
export interface CheckOptions<Claims extends object = JwtClaims> {
  /** The tenants that `{tenantid}` in the issuer may stand for, as in Entra's `https://login.microsoftonline.com/{tenantid}/v2.0`. */
  readonly tenants?: readonly string[];
  /** Where the keys are, if discovery is not to be asked. */
  readonly jwksUri?: string;
  /** The keys themselves, for offline use and cold starts: nothing is fetched. */
  readonly keys?: JsonWebKeySet;
  /** Accepted signature algorithms. Default `["RS256"]`. */
  readonly algorithms?: readonly Algorithm[];
  /** Seconds by which the clocks may differ. Default 5. */
  readonly clockTolerance?: number;
  /** Seconds after `iat` during which a token is accepted, whatever its `exp`. Makes `iat` required. */
  readonly maxTokenAge?: number;
  /** Names of claims that must be there, with a value other than `null`. */
  readonly requiredClaims?: readonly string[];
  /** `"rfc9068"`: only `typ: at+jwt`, with all claims that RFC 9068 requires. */
  readonly profile?: "rfc9068";
  /** A Standard Schema (zod, valibot, ...) that checks and types the claims. */
  readonly claims?: StandardSchemaV1<unknown, Claims>;
  /**
   * A rule of your own, run last and on every call, also for cached tokens. To refuse return a {@link Refusal}, `false`
   * or throw; a thrown {@link TokenError} is passed on as it is.
   */
  readonly rule?: (token: VerifiedToken<Claims>) => RuleResult | Promise<RuleResult>;
  /** How the issuer spells permissions and organizations. Default: told from the issuer's address. */
  readonly dialect?: DialectName | Dialect;
  /** The cache of verified tokens; `false` switches it off. Default 5,000 entries. */
  readonly cache?: false | { readonly maxEntries?: number };
  /**
   * Seconds after the last successful fetch for which known keys are used while the issuer's keys cannot be had.
   * Default 86,400 (24 h).
   */
  readonly maxOutage?: number;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /** Default: the global `fetch`, looked up at each use. */
  readonly fetch?: typeof fetch;
}

/** What a rule may return: nothing, or a refusal. */
// biome-ignore lint/suspicious/noConfusingVoidType: a rule that only throws returns nothing at all
export type RuleResult = void | undefined | boolean | Refusal;
