import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type KoaContextWithOIDC, Provider } from "oidc-provider";
import { askedPath } from "./asked-path.ts";
import { recordMembershipRefusal, recordTokenEvent } from "./audit-trail.ts";
import { type ConfigurationOptions, providerConfiguration } from "./configuration.ts";
import type { JwtEndpoints } from "./jwt-endpoints.ts";
import type { KeyRing, Keys } from "./key-ring.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";
import { answerByWebMessage } from "./web-message.ts";

/** Seconds that browsers and caches may keep the key set and the discovery document. */
const METADATA_LIFETIME = 300;

const JWKS = "/.well-known/jwks";
const METADATA = new Set([
  JWKS,
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
]);

/** The browser has left before the answer: nobody's fault. */
const GONE = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"]);

export interface OpenidProviderOptions extends Omit<ConfigurationOptions, "checkAudience" | "keys"> {
  keyRing: KeyRing;
  tokenEndpoint: TokenEndpoint;
  jwtEndpoints: JwtEndpoints;
  /** Whether answers carry CORS headers; development controls may switch them off. */
  corsEnabled: () => boolean;
  /** Told of failures that are not the caller's fault. */
  onServerError: (error: Error, path: string) => void;
}

export interface OpenidProvider {
  /** For sessions and sign-ins, which are in the database; whatever signs goes through `handle`. */
  provider: Provider;
  /** Answers a request whose headers can be trusted. */
  handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * oidc-provider, configured, with what it leaves to others done around it.
 *
 * It reads its keys once, when it is made. So it is made anew when a key changes its state: requests that are under
 * way end with the keys they began with, and all else that it knows is in the database.
 */
export function createOpenidProvider(options: OpenidProviderOptions): OpenidProvider {
  const { keyRing } = options;
  let keys = keyRing.current();
  let made = makeProvider(options, keys);
  const { provider } = made;
  return {
    provider,
    handle(request, response) {
      const current = keyRing.current();
      if (current !== keys) {
        made = makeProvider(options, current);
        keys = current;
      }
      made.handle(request, response);
    },
  };
}

function makeProvider(options: OpenidProviderOptions, keys: Keys): OpenidProvider {
  const { tokenEndpoint } = options;
  const provider = new Provider(
    options.issuer,
    providerConfiguration({
      ...options,
      keys,
      checkAudience: (ctx, resource) => tokenEndpoint.checkAudience(ctx.req, resource),
    }),
  );
  if (options.face.webMessages) provider.registerResponseMode("web_message", answerByWebMessage);
  // The forwarding headers are the front door's own: it drops those of the request.
  provider.proxy = true;
  provider.maxIpsCount = 1;
  provider.use(async (context, next) => {
    const ctx = context as KoaContextWithOIDC;
    try {
      await options.deviceFlow.guard(ctx, next);
      await options.deviceFlow.complete(ctx);
      if (ctx.path === "/oauth2/token" && ctx.method === "POST") await tokenEndpoint.complete(ctx);
      await options.jwtEndpoints.complete(ctx);
      await recordTokenEvent(options.db, ctx);
      await recordMembershipRefusal(options.db, ctx);
    } catch (error) {
      options.onServerError(error as Error, ctx.path);
      ctx.status = 500;
      ctx.body = { error: "server_error", error_description: "something went wrong here" };
    }
    if (METADATA.has(ctx.path) && ctx.status === 200) {
      // There are clients that take keys from plain JSON only, and none that minds it.
      if (ctx.path === JWKS) ctx.type = "application/json; charset=utf-8";
      else ctx.body = { ...(ctx.body as object), ...options.face.discovery(new URL(options.issuer).origin) };
      ctx.set("cache-control", `public, max-age=${METADATA_LIFETIME}`);
    }
    emptyAnswer(ctx);
    allowCredentials(ctx);
    if (!options.corsEnabled()) withoutCors(ctx);
    allowFormTarget(ctx);
  });
  knowOtherNames(provider);
  explainTokenErrors(provider);
  // Without a listener of our own, Koa writes stack traces to the console.
  const emitter: EventEmitter = provider;
  emitter.on("error", (error: NodeJS.ErrnoException, ctx: KoaContextWithOIDC | undefined) => {
    if (!GONE.has(error.code ?? "")) options.onServerError(error, ctx?.path ?? "");
  });
  provider.on("server_error", (ctx: KoaContextWithOIDC, error: Error) =>
    options.onServerError(error, ctx.path),
  );
  return { provider, handle: provider.callback() };
}

/** What has no content has no type: there are clients that refuse any type but JSON's. */
function emptyAnswer(ctx: KoaContextWithOIDC): void {
  if (ctx.body === "") ctx.remove("content-type");
}

/**
 * The refresh cookie travels with the page's credentials. Only after the provider has decided on the origin:
 * a CORS header that is there before makes it leave the decision to whoever set it.
 */
function allowCredentials(ctx: KoaContextWithOIDC): void {
  const origin = ctx.get("origin");
  const credentialed = ctx.path === "/oauth2/token" || ctx.path === "/oauth2/revoke";
  if (credentialed && origin && ctx.response.get("access-control-allow-origin") === origin) {
    ctx.set("access-control-allow-credentials", "true");
  }
}

function withoutCors(ctx: KoaContextWithOIDC): void {
  for (const name of Object.keys(ctx.response.headers)) {
    if (name.startsWith("access-control-")) ctx.remove(name);
  }
}

/** A page of the provider that posts to the application (`response_mode=form_post`) may do so. */
function allowFormTarget(ctx: KoaContextWithOIDC): void {
  const target = ctx.oidc?.params?.redirect_uri;
  const origin = typeof target === "string" ? URL.parse(target)?.origin : undefined;
  if (!ctx.response.is("html") || !origin || !ctx.oidc?.redirectUriCheckPerformed) return;
  const policy = ctx.response.get("content-security-policy");
  ctx.set("content-security-policy", policy.replace("form-action 'self'", `form-action 'self' ${origin}`));
}

/**
 * A proof of possession is for the address that its sender knows (RFC 9449 section 4.2), which in some faces is another
 * name of the endpoint's.
 */
function knowOtherNames(provider: Provider): void {
  const pathFor = provider.pathFor.bind(provider);
  provider.pathFor = (name, options) => {
    const { req, oidc } = Provider.ctx ?? {};
    return (oidc?.route === name && req && askedPath(req)) || pathFor(name, options);
  };
}

/** The provider keeps to itself why a grant was refused; an application that cannot know cannot be mended. */
function explainTokenErrors(provider: Provider): void {
  provider.on("grant.error", (ctx: KoaContextWithOIDC, error: Error & { error_detail?: string }) => {
    const body = ctx.body as { error?: string; error_description?: string } | undefined;
    if (body?.error === "invalid_grant" && error.error_detail) body.error_description = error.error_detail;
  });
}
