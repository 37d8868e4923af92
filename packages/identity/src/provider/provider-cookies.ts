import { createHash } from "node:crypto";

/**
 * A short name of the issuer for cookies: cookies do not know ports, so two servers on one machine would
 * otherwise overwrite each other's.
 */
function issuerTag(issuer: string): string {
  return createHash("sha256").update(issuer).digest("hex").slice(0, 8);
}

/** Names of the provider's cookies. Over https the session's is bound to the host (`__Host-`). */
export function cookieNames(issuer: string) {
  const secure = issuer.startsWith("https:");
  const tag = issuerTag(issuer);
  return {
    session: `${secure ? "__Host-" : ""}hallpass_${tag}_session`,
    interaction: `${secure ? "__Secure-" : ""}hallpass_${tag}_sign_in`,
    resume: `${secure ? "__Secure-" : ""}hallpass_${tag}_resume`,
  };
}

/** Name of the cookie that keeps an application's refresh token from its own scripts. */
export function refreshCookieName(issuer: string, clientId: string): string {
  const tag = createHash("sha256")
    .update(JSON.stringify([issuer, clientId]))
    .digest("hex")
    .slice(0, 16);
  return `${issuer.startsWith("https:") ? "__Secure-" : ""}hallpass_refresh_${tag}`;
}

/** Where a refresh cookie belongs: the path is that of the token endpoint, and it is sent nowhere else. */
export interface RefreshCookiePlace {
  issuer: string;
  path: string;
}

/** `Set-Cookie` for a refresh token; `maxAge` in seconds, 0 removes it. */
export function refreshCookie(
  { issuer, path }: RefreshCookiePlace,
  clientId: string,
  token: string,
  maxAge: number,
): string {
  return [
    `${refreshCookieName(issuer, clientId)}=${token}`,
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    "HttpOnly",
    "SameSite=Lax",
    ...(issuer.startsWith("https:") ? ["Secure"] : []),
  ].join("; ");
}

/** The value of a cookie in a `Cookie` header, if it is there once and in the form of a token. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value && /^[\w-]{1,512}$/.test(value) ? value : undefined;
}
