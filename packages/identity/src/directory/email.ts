import { domainToASCII } from "node:url";

/** RFC 5321 section 4.5.3.1: what fits in a forward path. */
const MAX_LENGTH = 254;

// What HTML calls a valid address (and browsers therefore accept), with letters of any script.
const FORM =
  /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)*$/u;

/** An address as it is kept for display, or `null` when it is none: no spaces around it, no line breaks in it. */
export function normaliseEmail(text: string): string | null {
  const email = text.trim().normalize("NFC");
  return email.length <= MAX_LENGTH && FORM.test(email) && emailKey(email) !== "" ? email : null;
}

/**
 * What two spellings of one address have in common: NFKC and lower case, and the domain in ASCII, so that
 * `Ada@EXAMPLE.com` cannot be registered twice and a domain in other letters never equals one in Latin ones.
 */
export function emailKey(email: string): string {
  const text = email.trim().normalize("NFKC").toLowerCase();
  const at = text.lastIndexOf("@");
  if (at < 0) return text;
  const domain = domainToASCII(text.slice(at + 1));
  return domain === "" ? "" : `${text.slice(0, at)}@${domain}`;
}
