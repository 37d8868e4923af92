import {
  type AsymmetricSigningAlgorithm,
  type Client,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
} from "oidc-provider";
import { type Api, type Application, findApi, findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { ClientFacts, Face } from "../faces/index.ts";
import { CLIENT_ALGORITHMS } from "../settings/client-key.ts";
import type { LifetimeSettings } from "../settings/index.ts";
import { accessTokenClaims } from "./access-token-claims.ts";
import { CLAIMS_BY_SCOPE, findAccount } from "./account.ts";
import { PASSWORD_ACR } from "./authentication-context.ts";
import { EXTRA_PARAMETERS } from "./authorization-request.ts";
import { tokenClaimsInOwnName } from "./client-credentials.ts";
import { clientRegistration, originsOf, PKCE_METADATA } from "./client-registration.ts";
import type { Clock } from "./clock.ts";
import { type ClosedSignIn, closedSignIn } from "./closed-sign-in.ts";
import { DEVICE_CODE_LIFETIME } from "./device-code-store.ts";
import { DEVICE_PAGE, type DeviceFlow } from "./device-flow.ts";
import { DPOP_ALGORITHMS } from "./dpop-proof.ts";
import { createEntityAdapter } from "./entity-adapter.ts";
import { grantOf } from "./grant.ts";
import type { InstanceSecrets } from "./instance-secrets.ts";
import { createInteractionPolicy, type DemandedPrompt } from "./interaction-policy.ts";
import type { Keys } from "./key-ring.ts";
import { printable } from "./printable.ts";
import { cookieNames } from "./provider-cookies.ts";
import type { RefreshRotation } from "./refresh-rotation.ts";
import { checkStillAllowed } from "./still-allowed.ts";
import { algorithmsDiffer, commonAlgorithm } from "./token-algorithm.ts";
import { decodeTarget, encodeTarget } from "./token-target.ts";

/** Seconds after which a sign-in has to be made anew, however often its refresh token was rotated. */
const LONGEST_GRANT = 90 * 24 * 60 * 60;

/** One use within this many seconds (RFC 6749 section 4.1.2 allows ten minutes). */
const CODE_LIFETIME = 60;

const OPENID_SCOPES = ["openid", "profile", "email", "offline"];

/** How applications may show who they are. The check is made in front of the provider, which only announces it. */
const CLIENT_METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] as const;

/** What goes wrong in the browser, as the provider tells it. */
export interface ProviderProblem {
  /** `invalid_request`, `access_denied`, … */
  code: string;
  description: string | undefined;
  status: number;
  /** `SessionNotFound`, `InvalidRedirectUri`, … */
  kind: string;
  application: Application | undefined;
  /** As the application sent it. */
  redirectUri: unknown;
  /** The sign-in that it happened in, when that cannot go on. */
  signIn: ClosedSignIn | undefined;
}

export interface ConfigurationOptions {
  issuer: string;
  db: Database;
  face: Face;
  lifetimes: LifetimeSettings;
  /** The provider takes the first of an algorithm to sign with. */
  keys: Keys;
  secrets: InstanceSecrets;
  rotation: RefreshRotation;
  deviceFlow: DeviceFlow;
  clock: Clock;
  /** What stands for the credentials of an application that has authenticated. */
  providerSecret: string;
  /** Seconds; development controls may shorten it while the server runs. */
  accessTokenLifetime: () => number;
  demandedPrompt: () => DemandedPrompt | undefined;
  /** Throws when a token request names an audience that its code or refresh token is not for. */
  checkAudience: (ctx: KoaContextWithOIDC, resource: string | string[] | undefined) => void;
  /** A whole HTML page, and the policy it is sent with. */
  renderProblem: (problem: ProviderProblem) => { html: string; policy: string };
}

/** oidc-provider's configuration. */
export function providerConfiguration(options: ConfigurationOptions): Configuration {
  const { issuer, db, face, lifetimes, keys, secrets, rotation, clock } = options;
  const offline = (scopes: Set<string>) => scopes.has("offline");
  return {
    adapter: createEntityAdapter({
      db,
      rotation,
      findClient: async (clientId) => {
        const application = await findApplication(db, clientId);
        return application && clientRegistration(application, options.providerSecret);
      },
    }),
    jwks: { keys: [...keys.published] },
    cookies: { keys: [secrets.cookieKey], names: cookieNames(issuer) },
    clientAuthMethods: [...CLIENT_METHODS],
    responseTypes: ["code"],
    scopes: [...OPENID_SCOPES, "offline_access"],
    claims: { ...CLAIMS_BY_SCOPE, sid: null, auth_time: null, acr: null, amr: null, iss: null },
    acrValues: [PASSWORD_ACR],
    // Every access token has a target, which to the provider is a resource: the ID token would come out bare.
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    extraClientMetadata: { properties: [PKCE_METADATA] },
    pkce: { required: (_ctx, client) => client[PKCE_METADATA] !== "optional" },
    extraParams: [...EXTRA_PARAMETERS],
    enabledJWA: {
      idTokenSigningAlgValues: ["RS256"],
      dPoPSigningAlgValues: DPOP_ALGORITHMS,
      clientAuthSigningAlgValues: [...CLIENT_ALGORITHMS] as AsymmetricSigningAlgorithm[],
    },
    discovery: {
      prompt_values_supported: ["none", "login", "consent", "select_account", "create"],
      refresh_token_transports_supported: ["body", "cookie"],
      introspection_endpoint_auth_methods_supported: [...CLIENT_METHODS],
      introspection_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS],
      revocation_endpoint_auth_methods_supported: [...CLIENT_METHODS],
      revocation_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS],
      request_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    },
    routes: {
      authorization: "/oauth2/auth",
      pushed_authorization_request: "/oauth2/par",
      device_authorization: "/oauth2/device/auth",
      code_verification: DEVICE_PAGE,
      token: "/oauth2/token",
      revocation: "/oauth2/revoke",
      introspection: "/oauth2/introspect",
      userinfo: "/oauth2/v2/user_profile",
      jwks: "/.well-known/jwks",
      end_session: "/logout",
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: options.deviceFlow.feature,
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.from(secrets.dpopNonceKey, "base64url"),
        // A proof cannot be made ahead of time, or on a device whose clock somebody has moved, and used later.
        requireNonce: () => true,
      },
      pushedAuthorizationRequests: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => (oneOf ? [...oneOf] : encodeTarget({ audience: [] })),
        useGrantedResource(ctx, source) {
          options.checkAudience(ctx, source.resource);
          return true;
        },
        async getResourceServerInfo(_ctx, indicator) {
          const target = decodeTarget(indicator);
          if (!target) throw new errors.InvalidTarget();
          const scopes = [...OPENID_SCOPES];
          const apis: Api[] = [];
          for (const audience of target.audience) {
            const api = await findApi(db, audience);
            if (!api) {
              throw new errors.InvalidTarget(
                `the audience ${printable(audience)} is not registered: add it to apis in the configuration, or ask for one that is there`,
              );
            }
            scopes.push(...api.scopes);
            apis.push(api);
          }
          const alg = commonAlgorithm(apis);
          if (!alg) throw new errors.InvalidTarget(algorithmsDiffer(apis));
          return {
            scope: [...new Set(scopes)].join(" "),
            accessTokenFormat: "jwt",
            jwt: { sign: { alg } },
          };
        },
      },
    },
    formats: {
      customizers: {
        async jwt(ctx, token, jwt) {
          if (token.kind === "ClientCredentials") {
            const own = tokenClaimsInOwnName(token, jwt.payload, clock);
            const facts = {
              db,
              clientId: String(token.clientId),
              userId: undefined,
              organization: undefined,
            };
            Object.assign(jwt.payload, await face.accessTokenClaims(own, facts));
            return;
          }
          const { AuthorizationCode: code, RefreshToken: refresh, DeviceCode: device } = ctx.oidc.entities;
          const claims =
            token.kind === "AccessToken" &&
            (await accessTokenClaims(db, face, {
              userId: token.accountId,
              clientId: String(token.clientId),
              target: decodeTarget(String(token.aud)) ?? { audience: [] },
              scope: token.scope ?? "",
            }));
          if (!claims || token.kind !== "AccessToken") {
            throw new errors.InvalidGrant("the user is no longer a member of the organization");
          }
          const source = code ?? refresh ?? device;
          const { iat, exp, jti } = jwt.payload as { iat: number; exp: number; jti: string };
          Object.assign(jwt.payload, claims, {
            iat: iat + clock.offset(),
            exp: exp + clock.offset(),
            // Names the grant as well, so that a token of a grant that was revoked is known again.
            jti: `${token.grantId}.${jti}`,
            sid: token.sid,
            auth_time: source?.authTime,
            acr: source?.acr,
            amr: source?.amr,
          });
        },
      },
    },
    findAccount: (ctx, sub) => findAccount(db, sub, ctx.oidc.client?.clientId),
    loadExistingGrant: async (ctx) => {
      checkStillAllowed(ctx);
      if (ctx.oidc.deviceCode && !options.deviceFlow.beginsGrant(ctx)) return undefined;
      return await grantOf(db, ctx);
    },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed("refresh_token") &&
      (offline(code.scopes) || face.refreshesWithoutOffline(clientFacts(client))),
    expiresWithSession: async (ctx, token) => !offline(token.scopes) && ctx.oidc.deviceCode === undefined,
    rotateRefreshToken: true,
    clientBasedCORS: (_ctx, origin, client) =>
      originsOf({ redirectUris: [...(client.redirectUris ?? [])] }).includes(origin),
    interactions: {
      policy: createInteractionPolicy(db, options.demandedPrompt),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    ttl: {
      AccessToken: () => options.accessTokenLifetime(),
      ClientCredentials: () => options.accessTokenLifetime(),
      AuthorizationCode: CODE_LIFETIME,
      DeviceCode: DEVICE_CODE_LIFETIME,
      IdToken: lifetimes.idToken,
      Interaction: lifetimes.interaction,
      Session: lifetimes.session,
      Grant: LONGEST_GRANT,
      RefreshToken(_ctx, token) {
        const age = Math.floor(Date.now() / 1000) - (token.iiat ?? Math.floor(Date.now() / 1000));
        return Math.max(1, Math.min(lifetimes.refreshToken, LONGEST_GRANT - age));
      },
    },
    async renderError(ctx, out, error) {
      const clientId = ctx.oidc?.client?.clientId;
      const { uid } = ctx.params as { uid?: string };
      const lost = error instanceof errors.SessionNotFound && uid !== undefined;
      const { html, policy } = options.renderProblem({
        code: out.error,
        description: out.error_description,
        status: ctx.status,
        kind: error.name,
        application: clientId === undefined ? undefined : await findApplication(db, clientId),
        redirectUri: ctx.oidc?.params?.redirect_uri,
        signIn: lost ? await closedSignIn(db, uid) : undefined,
      });
      ctx.set("content-security-policy", policy);
      ctx.type = "html";
      ctx.body = html;
    },
  };
}

function clientFacts(client: Client): ClientFacts {
  return { confidential: client.clientAuthMethod !== "none" };
}
