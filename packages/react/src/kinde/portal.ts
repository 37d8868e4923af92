import { type AuthClient, AuthError, createApiFetch, issuerAddress } from "@hallpass/client";
import type { PortalUrlOptions } from "./kinde-context.ts";

/**
 * Asks the issuer for the address of the page of the person's own account (Kinde's Account API).
 *
 * @throws {AuthError} `option_invalid`, `issuer_error`, `not_signed_in`, `session_ended`, `issuer_unreachable`
 */
export async function portalUrl(
  client: AuthClient,
  domain: string,
  { returnUrl, subNav = "profile" }: PortalUrlOptions,
): Promise<{ url: URL }> {
  if (!/^https?:\/\//.test(returnUrl) || !URL.canParse(returnUrl)) {
    throw new AuthError("option_invalid", "returnUrl is no address; expected a whole one, with https://");
  }
  const address = issuerAddress(domain);
  const { origin } = new URL(address);
  const query = new URLSearchParams({ subnav: subNav, sub_nav: subNav, return_url: returnUrl });
  const ask = createApiFetch(client, [origin]);
  const response = await ask(`${address}/account_api/v1/portal_link?${query}`).catch((error: unknown) => {
    if (error instanceof AuthError) throw error;
    throw new AuthError("issuer_unreachable", "the issuer's account page cannot be asked for");
  });
  const answer: { url?: unknown } | null = response.ok ? await response.json().catch(() => null) : null;
  const found = answer?.url;
  // The browser is sent there: to a page over https, or one of the issuer's own, and to no script.
  if (typeof found === "string" && URL.canParse(found)) {
    const url = new URL(found);
    if (url.protocol === "https:" || url.origin === origin) return { url };
  }
  throw new AuthError("issuer_error", `the issuer has no account page: it answered ${response.status}`);
}
