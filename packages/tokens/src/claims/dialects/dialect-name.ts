import type { DialectName } from "../dialect.ts";

/** The hosts that tell an issuer. */
const HOSTS: readonly [host: RegExp, dialect: DialectName][] = [
  [/\.kinde\.com$/, "kinde"],
  [/\.auth0\.com$/, "auth0"],
  [/^(?:login\.microsoftonline\.(?:com|us)|sts\.windows\.net)$|\.(?:ciamlogin|b2clogin)\.com$/, "entra"],
  [/^cognito-idp\.[\w-]+\.amazonaws\.com(?:\.cn)?$/, "cognito"],
  [/\.logto\.app$/, "logto"],
  // A production instance is served as `clerk.` before the application's own domain.
  [/\.clerk\.accounts\.dev$|^clerk\./, "clerk"],
  [/\.(?:okta|oktapreview|okta-emea)\.com$/, "okta"],
];

/**
 * The name of an issuer's dialect, told as {@link dialectFor} tells it. For pages that load a dialect only when it is
 * needed.
 *
 * @returns `undefined` when the address says nothing; {@link unrecognised} is the dialect then
 */
export function dialectNameFor(issuer: string): DialectName | undefined {
  const host = hostOf(issuer);
  const known = HOSTS.find(([pattern]) => pattern.test(host))?.[1];
  return known ?? (/\/realms\/[^/]+\/?$/.test(issuer) ? "keycloak" : undefined);
}

function hostOf(issuer: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/:?#@]*)/i.exec(issuer)?.[1]?.toLowerCase() ?? "";
}
