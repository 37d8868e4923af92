import type { FastifyInstance } from "fastify";
import type { Database } from "../database/index.ts";
import type { User } from "../directory/index.ts";
import type { TokenRoutes } from "../provider/token-routes.ts";
import type { FaceName } from "../settings/config.ts";

/** The claims of a token, as its JSON has them. */
export type Claims = Record<string, unknown>;

/** For whom and by whom a token is made. */
export interface TokenFacts {
  db: Database;
  clientId: string;
  /** `undefined` in a token of an application itself. */
  userId: string | undefined;
  /** Code of the organization that the bearer acts in. */
  organization: string | undefined;
}

/** An ID token is issued together with an access token. */
export interface IdTokenFacts extends TokenFacts {
  accessToken: string;
  /** When the user signed in, in seconds since 1970. */
  authTime: number | undefined;
}

/** A client of the provider, as far as a face asks. */
export interface ClientFacts {
  /** Whether it can keep a secret, and proves itself with it. */
  confidential: boolean;
}

export interface FaceRoutesOptions {
  db: Database;
  /** Scheme, host and port of this server, without a final slash. */
  address: string;
  tokenRoutes: TokenRoutes;
}

/**
 * A dialect of the protocol: what an environment says differently from OpenID Connect's own words, so that the
 * clients of another service work against it unmodified. Everything that is not here is the same in all of them.
 */
export interface Face {
  name: FaceName | "standard";
  /** `iss` of a server at this address (scheme, host and port, without a final slash). */
  issuerOf(address: string): string;
  /** More addresses of this server's endpoints: `{ "/authorize": "/oauth2/auth" }`. */
  aliases: Readonly<Record<string, string>>;
  /** What the discovery document of a server at this address says differently. */
  discovery(address: string): Claims;
  /** Path of the token endpoint in the discovery document: the refresh cookie is sent there and nowhere else. */
  tokenPath: string;
  /** Whether the token and revocation endpoints take JSON as well as forms. */
  jsonRequests: boolean;
  /** Whether a hidden frame gets the answer to an authorization request as a message (`response_mode=web_message`). */
  webMessages: boolean;
  /** Puts the parameters of an authorization request into this server's own words; what is repeated stays repeated. */
  readAuthorizationRequest(request: URLSearchParams): void;
  /** Puts the parameters of a request to sign out into this server's own words; what is repeated stays repeated. */
  readSignOutRequest(request: URLSearchParams): void;
  /** Whether an address to return to may differ from the registered one by one final slash. */
  lenientSlash: boolean;
  /**
   * Whether somebody whose browser does not say which site the request comes from is asked before they are signed out
   * on the way to a registered address. One that says it is another site's always is.
   */
  asksBeforeSignOut: boolean;
  /** Whether the exchange of a code brings a refresh token although `offline` was not asked for. */
  refreshesWithoutOffline(client: ClientFacts): boolean;
  /** Whether a browser keeps the refresh token in cookies as well, as Kinde's SDKs expect. */
  kindeCookies: boolean;
  /** Audiences that a server at this address knows besides those of its configuration. */
  ownAudiences(address: string): readonly string[];
  /** The claims of an access token, given those that every face has. */
  accessTokenClaims(claims: Claims, facts: TokenFacts): Claims | Promise<Claims>;
  /** The claims of an ID token, given OpenID Connect's; the same object when there is nothing to change. */
  idTokenClaims(claims: Claims, facts: IdTokenFacts): Claims | Promise<Claims>;
  /** The profile that userinfo answers with, given what the token's scopes allow. */
  profile(claims: Claims, user: User): Claims;
  /** Adds the addresses that only this face has. */
  registerRoutes(server: FastifyInstance, options: FaceRoutesOptions): void;
}
