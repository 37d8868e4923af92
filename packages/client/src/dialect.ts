import {
  auth0,
  type Dialect,
  dialectNameFor,
  kinde,
  oauth,
  unrecognised,
} from "@hallpass/tokens/claims/one-dialect";
import { AuthError } from "./auth-error.ts";
import type { Settings } from "./options.ts";

type ByName = Readonly<Record<string, Dialect | undefined>>;

/** What nearly everybody needs. Together they are hardly more than one of them. */
const atHand: ByName = { kinde, auth0, oauth };

/**
 * How the issuer spells its claims: as the options say, or else as its address tells. The other dialects are loaded by
 * those whose issuer speaks one of them.
 *
 * @throws {AuthError} `option_invalid` if there is no such dialect
 */
export async function dialectOf({ dialect, address }: Settings): Promise<Dialect> {
  if (typeof dialect === "object") return dialect;
  const name = dialect ?? dialectNameFor(address);
  if (!name) return unrecognised;
  if (atHand[name]) return atHand[name];
  const all: ByName = await import("@hallpass/tokens/claims/dialects");
  if (all[name]) return all[name];
  throw new AuthError(
    "option_invalid",
    `dialect is "${name}"; expected one of ${Object.keys(all).join(", ")}`,
  );
}
