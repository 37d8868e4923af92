import { createHmac, timingSafeEqual } from "node:crypto";

/** Binds a form to what it is for, so that no other page can send it. */
export interface FormTokens {
  /** The value of the hidden field `csrf` for a form about `subject`. */
  issue(subject: string): string;
  accepts(subject: string, token: string | undefined): boolean;
}

/** Tokens that need no storage: an HMAC of the subject, which only its own browser knows (a sign-in, a session). */
export function createFormTokens(key: string): FormTokens {
  const sign = (subject: string) => createHmac("sha256", key).update(subject).digest("base64url");
  return {
    issue: sign,
    accepts(subject, token) {
      const expected = Buffer.from(sign(subject));
      const given = Buffer.from(token ?? "");
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
