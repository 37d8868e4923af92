import type { Facts } from "../facts.ts";
import type { TokenErrorWords } from "../token-error.ts";
import { show } from "./printable.ts";

/** What other JWTs say in their `typ` (RFC 8725 section 3.11). */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ["logout+jwt", "a logout token"],
  ["dpop+jwt", "a DPoP proof"],
  ["secevent+jwt", "a security event"],
  ["token-introspection+jwt", "an answer of the introspection endpoint"],
  ["client-authentication+jwt", "a client assertion"],
  ["oauth-authz-req+jwt", "a sign-in request"],
  ["rt+jwt", "a refresh token"],
  ["refresh+jwt", "a refresh token"],
  ["id+jwt", "an ID token"],
]);

export function wrongType(...[giveaway, value]: Facts["token_type_wrong"]): TokenErrorWords {
  if (giveaway === "profile") {
    const found = showTyp(value);
    return {
      what: `This token does not say that it is an access token: ${found}.`,
      found,
      expected: "typ 'at+jwt'",
      fix: "Have the issuer follow RFC 9068, or leave the option profile out.",
    };
  }
  const [what, found] = describe(giveaway, value);
  return {
    what: `This is ${what} (${found}).`,
    found,
    expected: "an access token",
    fix: "Send the access token instead.",
  };
}

/** How the `typ` of a header is shown. */
export function showTyp(typ: unknown): string {
  return typ === undefined ? "no typ" : `typ ${show(typ)}`;
}

function describe(...[giveaway, value]: Facts["token_type_wrong"]): [what: string, found: string] {
  switch (giveaway) {
    case "typ": {
      const kind = typeof value === "string" ? value.toLowerCase().replace(/^application\//, "") : undefined;
      const what =
        kind === undefined
          ? "a JWT whose typ is not a string"
          : (OTHER_TYPES.get(kind) ?? "not an access token");
      return [what, `typ ${show(value)}`];
    }
    case "kind":
      return [
        /^id$/i.test(String(value))
          ? "an ID token"
          : value === "Logout"
            ? "a logout token"
            : "a refresh token",
        "its payload says so",
      ];
    case "events":
      return ["a logout token or security event", "it has events"];
    case "nonce":
      return ["an ID token", "it has a nonce and no scope"];
    case "audience":
      return ["an ID token", "its audience is the application, and it has no scope"];
    case "client":
      return ["an ID token", "its audience is the application itself"];
    default:
      return ["an ID token", `it has ${giveaway}`];
  }
}
