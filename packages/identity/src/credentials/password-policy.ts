import { isCommonPassword } from "./common-passwords.ts";

/** NIST SP 800-63B-4 section 3.1.1.2: at least 15 characters where the password is the only factor. */
export const PASSWORD_MIN_LENGTH = 15;

/** More would only make hashing expensive for us: 1 kB, far above the 64 characters the standard asks to allow. */
const PASSWORD_MAX_BYTES = 1024;

export type PasswordProblemCode =
  | "password_too_short"
  | "password_too_long"
  | "password_common"
  | "password_repeats_you";

export interface PasswordProblem {
  code: PasswordProblemCode;
  /** A sentence for the person who chose it. */
  message: string;
}

/** One text for what looks the same on different keyboards (NFKC, as NIST SP 800-63B-4 recommends). */
export function normalisePassword(password: string): string {
  return password.normalize("NFKC");
}

/** Whether a password is so long that it may not even be hashed. */
export function isOverlong(password: string): boolean {
  // A UTF-16 unit takes one to three bytes, so most answers need no encoding.
  return password.length > PASSWORD_MAX_BYTES || Buffer.byteLength(password) > PASSWORD_MAX_BYTES;
}

/**
 * What is wrong with a new password, or `null`. There are no rules of composition, all of Unicode is welcome,
 * nothing is trimmed.
 *
 * @param about what an attacker would try first: e-mail address, names, name of the service.
 */
export function passwordProblem(
  password: string,
  about: readonly (string | null | undefined)[] = [],
): PasswordProblem | null {
  if (isOverlong(password)) {
    return {
      code: "password_too_long",
      message: "This password is too long. Please choose one of at most 1,000 characters.",
    };
  }
  const characters = [...normalisePassword(password)];
  if (characters.length < PASSWORD_MIN_LENGTH) {
    return {
      code: "password_too_short",
      message: `This password has ${characters.length} ${characters.length === 1 ? "character" : "characters"}. Please use at least ${PASSWORD_MIN_LENGTH}; a few words in a row are fine.`,
    };
  }
  const plain = characters.join("").toLowerCase();
  if (isCommonPassword(plain)) {
    return {
      code: "password_common",
      message: "This password is one of those that are tried first. Please choose another.",
    };
  }
  if (repeats(plain, about)) {
    return {
      code: "password_repeats_you",
      message:
        "This password is mostly your e-mail address, your name or the name of this service. Please choose another.",
    };
  }
  return null;
}

/** Whether little is left when what everybody knows about the person is taken out. */
function repeats(password: string, about: readonly (string | null | undefined)[]): boolean {
  const words = about
    .filter((word) => typeof word === "string")
    .flatMap((word) => {
      const lower = normalisePassword(word).toLowerCase();
      return [lower, ...lower.split(/[^\p{L}\p{N}]+/u)];
    })
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), password);
  return rest !== password && [...rest.replace(/\s/g, "")].length < PASSWORD_MIN_LENGTH / 2;
}
