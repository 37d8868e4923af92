import { AuthError } from "@hallpass/client";

/**
 * Refuses options of another SDK that would mean something and cannot be done here: what is ignored in silence is found
 * out too late.
 *
 * @param reasons by the option's name: why it is refused, and what to do instead
 * @throws {AuthError} `option_invalid`, if one of them is there
 */
export function refuse(options: object, reasons: Readonly<Record<string, string>>): void {
  for (const [name, reason] of Object.entries(reasons)) {
    // What is off is not asked for.
    if ((options as Record<string, unknown>)[name]) {
      throw new AuthError("option_invalid", `${name} is not supported: ${reason}`);
    }
  }
}

/**
 * Makes sure that a call asks for no more than the provider has been set up with: there is one session, and its tokens are
 * for one audience and scope.
 *
 * @throws {AuthError} `option_invalid`
 */
export function sameAsProvider(
  name: "audience" | "scope",
  wanted: string | readonly string[] | undefined,
  provided: string | undefined,
): void {
  const words = (value: string | readonly string[] | undefined): string[] =>
    (typeof value === "string" ? value.split(" ") : [...(value ?? [])]).filter(Boolean);
  const known = words(provided);
  const other = words(wanted).find((word) => !known.includes(word));
  if (other !== undefined) {
    throw new AuthError(
      "option_invalid",
      `${name} is ${JSON.stringify(other)} here and not in the provider; expected it in the provider, because all tokens of a session are alike`,
    );
  }
}

/** The path on this origin that a redirect URI leads to. */
export function pathOf(redirectUri: string): string {
  const { pathname, search, hash } = new URL(redirectUri, location.href);
  return pathname + search + hash;
}
