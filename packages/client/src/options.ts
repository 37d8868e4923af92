import type { AuthClientOptions } from "./auth-client.ts";
import { AuthError } from "./auth-error.ts";
import { replacePath } from "./callback.ts";
import { issuerAddress } from "./issuer-address.ts";

/** The options, checked and made whole. */
export interface Settings extends Omit<AuthClientOptions, "audience" | "onRedirect"> {
  readonly onRedirect: NonNullable<AuthClientOptions["onRedirect"]>;
  /** The issuer's address without a final slash. */
  readonly address: string;
  readonly audience: string | undefined;
  /** Tells this application at this issuer from others on the same origin. */
  readonly name: string;
}

/** @throws {AuthError} `option_invalid` naming the option, what was found and what was expected */
export function settingsOf(options: AuthClientOptions): Settings {
  const { clientId, scope, storage, audience } = options;
  const address = issuerAddress(options.issuer);
  const check = (valid: unknown, name: string, found: unknown, expected: string): void => {
    if (!valid)
      throw new AuthError("option_invalid", `${name} is ${JSON.stringify(found)}; expected ${expected}`);
  };
  check(clientId && typeof clientId === "string", "clientId", clientId, "the application's client id");
  check(scope === undefined || /(^| )openid( |$)/.test(scope), "scope", scope, "words that include openid");
  check(
    !storage || /^(cookie|memory|localStorage)$/.test(storage),
    "storage",
    storage,
    "cookie, memory or localStorage",
  );
  return {
    onRedirect: replacePath,
    ...options,
    address,
    // Kinde takes several audiences as words of one parameter.
    audience: (typeof audience === "string" ? audience : audience?.join(" ")) || undefined,
    name: `hallpass:${clientId}@${address}`,
  };
}
