import { signOutUrl } from "@hallpass/client/server";
import { AuthError } from "./auth-error.ts";
import type { Issuer } from "./issuer.ts";
import { parseUrl } from "./issuer-address.ts";
import type { LogoutOptions } from "./options.ts";
import type { Settings } from "./settings.ts";

/**
 * Where somebody may be sent after signing out: the configured address, or one of the application's own origins.
 *
 * @throws {AuthError} `option_invalid`
 */
export function checkedRedirectTo(settings: Settings, redirectTo: string | undefined): string {
  const { postLogoutRedirectUri, redirectUri } = settings;
  if (redirectTo === undefined || redirectTo === postLogoutRedirectUri) return postLogoutRedirectUri;
  const url = parseUrl(redirectTo);
  const origins = [redirectUri ?? "", postLogoutRedirectUri].map((text) => parseUrl(text)?.origin);
  if (url && /^https?:$/.test(url.protocol) && origins.includes(url.origin)) return redirectTo;
  throw new AuthError(
    "option_invalid",
    "redirectTo is an address of another site; expected postLogoutRedirectUri, or an address of its origin",
  );
}

/** The address that ends the session at the issuer; where the issuer cannot be asked, the one to go to afterwards. */
export async function leaveUrl(
  settings: Settings,
  issuer: Issuer,
  { redirectTo = settings.postLogoutRedirectUri, allSessions }: LogoutOptions,
  idToken: string | undefined,
): Promise<string> {
  try {
    const metadata = await issuer.metadata();
    const url = signOutUrl(metadata, {
      clientId: settings.clientId,
      idToken,
      postLogoutRedirectUri: redirectTo,
      allSessions,
    });
    return url ?? redirectTo;
  } catch {
    return redirectTo;
  }
}
