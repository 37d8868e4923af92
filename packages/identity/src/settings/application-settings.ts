import type { JSONWebKeySet } from "jose";
import type { z } from "zod";
import type * as schema from "./config-schema.ts";
import type { ApplicationSettings } from "./settings.ts";

type Draft = z.infer<typeof schema.application>;

/** The secrets of an application, however they are written. */
export function secretsOf({ secret, secrets = [] }: Draft): (string | undefined)[] {
  return secret === undefined ? secrets : [secret, ...secrets];
}

/** Whether an application has to authenticate. */
export function isConfidential(draft: Draft): boolean {
  return (
    draft.confidential ??
    (draft.type === "machine" || secretsOf(draft).length > 0 || draft.jwks !== undefined)
  );
}

/** An application that has passed all checks, complete with its defaults. */
export function applicationOf(draft: Draft): ApplicationSettings {
  const redirectUris = draft.redirectUris ?? [];
  const [first] = redirectUris;
  const home = draft.type === "native" || first === undefined ? null : new URL(first).origin;
  const jwks = (draft.jwks as JSONWebKeySet | undefined) ?? null;
  return {
    clientId: draft.clientId,
    name: draft.name ?? draft.clientId,
    type: draft.type,
    redirectUris,
    postLogoutRedirectUris: draft.postLogoutRedirectUris ?? [],
    homeUri: draft.homeUri ?? home,
    authentication: !isConfidential(draft) ? "none" : jwks === null ? "secret" : "private_key_jwt",
    secrets: secretsOf(draft).filter((secret) => secret !== undefined),
    jwks,
    pkce: draft.pkce ?? "required",
    organization: draft.organization ?? "optional",
    apis: (draft.apis ?? []).map(({ audience, scopes }) => ({ audience, scopes: scopes ?? [] })),
  };
}
