import type { JWK } from "jose";
import { type BadTokenName, type BadTokens, createBadTokens, createForger } from "./bad-tokens.ts";
import {
  accessTokenClaims,
  type ClaimStyle,
  type IdTokenOverrides,
  type Issuance,
  idTokenClaims,
  type TokenOverrides,
  type UsualClaims,
} from "./claim-styles.ts";
import { sign } from "./compact-jws.ts";
import { type IssuerFaults, type IssuerRequests, type KeyServer, startKeyServer } from "./key-server.ts";
import { createSigningKeys, type SigningKeys } from "./signing-keys.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";

export interface TestIssuerOptions {
  /** What tokens say in `iss`. Default: the address the issuer listens on. With any other, use `jwksUri` or `fetch`. */
  issuer?: string;
  /** Default `https://api.bookstore.example`. */
  audience?: string;
  /** Default `bookstore-web`. */
  clientId?: string;
  /** Whose claim names the tokens use. Default `kinde`. */
  dialect?: ClaimStyle;
  /** Default: a free port. */
  port?: number;
  /** What every access token says, bad ones too, unless told otherwise: for an API that asks for a permission. */
  usual?: UsualClaims;
  /** JWS algorithm of the issuer's keys, such as `RS256` (default), `PS256`, `ES256`, `EdDSA`. */
  algorithm?: string;
}

/** An issuer inside the test process. It mints tokens and serves keys, nothing else. */
export interface TestIssuer extends AsyncDisposable {
  /** The value of `iss`. Only in Auth0's style does it end with a slash, as Auth0's does. */
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Where it listens, without a final slash. */
  readonly url: string;
  readonly jwksUri: string;
  readonly discoveryUrl: string;
  /** The public keys as data, for a verifier that works offline. A copy. */
  keys(): { keys: JWK[] };
  readonly clock: TestClock;
  /** Mints an access token that is valid now by the issuer's clock. */
  token(overrides?: TokenOverrides): Promise<string>;
  /** Mints an ID token that is valid now by the issuer's clock. */
  idToken(overrides?: IdTokenOverrides): Promise<string>;
  /** Every token that must be refused, by name. */
  readonly badTokens: BadTokens;
  badToken(name: BadTokenName): Promise<string>;
  /** Publishes a new key and signs with it from now on. The old one stays published until it is removed. */
  rotateKey(): Promise<{ kid: string; previousKid: string }>;
  /** Takes a key out of the published set. Tokens are still signed with it if it is the current one. */
  removeKey(kid: string): void;
  /** Publishes any JSON object as a further key. */
  addRawKey(jwk: JWK): void;
  readonly faults: IssuerFaults;
  readonly requests: IssuerRequests;
  /** `fetch` that reaches this issuer under its own name, also where `issuer` is an address of the internet. */
  readonly fetch: typeof globalThis.fetch;
  /** Stops listening and drops every open connection. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts an issuer on loopback.
 *
 * @throws Error when `port` is taken or the algorithm is unknown.
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const style = options.dialect ?? "kinde";
  const keys = await createSigningKeys(options.algorithm ?? "RS256");
  const server = await startKeyServer(
    { jwks: () => keys.published(), discovery: () => discoveryDocument(issuer, jwksUri, keys) },
    options.port ?? 0,
  );
  const issuer = options.issuer ?? (style === "auth0" ? `${server.url}/` : server.url);
  const jwksUri = `${server.url}/.well-known/jwks.json`;
  const audience = options.audience ?? "https://api.bookstore.example";
  const clientId = options.clientId ?? "bookstore-web";
  const clock = createTestClock();

  const issuance = (): Issuance => ({
    style,
    issuer,
    audience,
    clientId,
    now: Math.floor(clock.now() / 1000),
    usual: options.usual ?? {},
  });
  const badTokens = createBadTokens({ issuance, current: () => keys.current, forger: createForger() });

  return {
    issuer,
    audience,
    clientId,
    url: server.url,
    jwksUri,
    discoveryUrl: `${server.url}/.well-known/openid-configuration`,
    keys: () => keys.published(),
    clock,
    token: (overrides = {}) => sign(keys.current, accessTokenClaims(issuance(), overrides), overrides.header),
    idToken: (overrides = {}) =>
      sign(keys.current, idTokenClaims(issuance(), overrides), { typ: "JWT", ...overrides.header }),
    badTokens,
    badToken: async (name) => {
      const bad = badTokens[name];
      if (bad === undefined) throw unknownBadToken(name, badTokens);
      return bad.make();
    },
    async rotateKey() {
      const previousKid = keys.current.kid;
      const { kid } = await keys.rotate();
      return { kid, previousKid };
    },
    removeKey: (kid) => keys.remove(kid),
    addRawKey: (jwk) => keys.addRaw(jwk),
    faults: server.faults,
    requests: server.requests,
    fetch: fetchFrom(issuer, server),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function discoveryDocument(issuer: string, jwksUri: string, keys: SigningKeys): object {
  const origin = new URL(jwksUri).origin;
  return {
    issuer,
    jwks_uri: jwksUri,
    authorization_endpoint: `${origin}/oauth2/auth`,
    token_endpoint: `${origin}/oauth2/token`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [keys.current.alg],
  };
}

function fetchFrom(issuer: string, server: KeyServer): typeof globalThis.fetch {
  return (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== new URL(issuer).origin) return fetch(request);
    return fetch(new Request(`${server.url}${url.pathname}${url.search}`, request));
  };
}

function unknownBadToken(name: string, badTokens: BadTokens): TypeError {
  return new TypeError(
    `badToken: there is none named ${name}. There are: ${Object.keys(badTokens).join(", ")}`,
  );
}
