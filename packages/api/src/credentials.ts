import { invalidRequest, type Refusal, tooLarge, unauthorized } from "./refusal.ts";

/** What a request brought along to prove who sent it. */
export type Credentials =
  | { readonly kind: "none"; readonly refusal: Refusal }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "unusable"; readonly refusal: Refusal };

/** Longer than any token that can be verified. */
const longestHeader = 32 * 1024;

/** RFC 9110 section 11.2. The two classes do not overlap, so that it never backtracks. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Reads the access token from the `Authorization` header (RFC 6750 section 2.1), and from nowhere else: tokens in
 * the query end up in logs and histories, and a body has been read too late.
 *
 * @param headers each `Authorization` header as it was received
 * @param url the request's path and query, only to notice a token in the wrong place
 */
export function readCredentials(headers: readonly string[], url: string): Credentials {
  if (headers.length > 1) return unusable(invalidRequest("authorization_repeated", twoCredentials));
  const header = headers[0];
  if (header === undefined) return { kind: "none", refusal: unauthorized("token_missing", missing(url)) };
  if (header.length > longestHeader) {
    const size = `The Authorization header is ${header.length} characters long`;
    return unusable(tooLarge(`${size}; no access token is that large. Send the access token alone.`));
  }

  const space = header.indexOf(" ");
  const scheme = space === -1 ? header : header.slice(0, space);
  const rest = space === -1 ? "" : withoutSpaces(header, space);
  // The scheme's name is case-insensitive (RFC 9110 section 11.1).
  if (scheme.toLowerCase() !== "bearer") return otherScheme(scheme, rest);
  if (rest === "") {
    return unusable(
      invalidRequest(
        "bearer_token_empty",
        `After 'Bearer' comes no token. Wait until the user is signed in, then send: ${howToSend}`,
      ),
    );
  }
  if (token68.test(rest)) return { kind: "bearer", token: rest };
  // Some proxies join two headers into one, with a comma (RFC 9110 section 5.3).
  if (rest.includes(",") && !wrapped.test(rest)) {
    return unusable(invalidRequest("authorization_repeated", twoCredentials));
  }
  return unusable(invalidRequest("authorization_malformed", malformed(rest)));
}

const howToSend = "Authorization: Bearer <access token>";

const twoCredentials = `The request has more than one credential. Send exactly one header ${howToSend}`;

function missing(url: string): string {
  if (/[?&]access_token=/.test(url)) {
    return `The access token in the query is ignored, because addresses end up in logs. Send it as a header: ${howToSend}`;
  }
  return `No access token was sent. Sign in, then send: ${howToSend}`;
}

function otherScheme(scheme: string, rest: string): Credentials {
  if (looksLikeJwt(scheme)) {
    const what = "The Authorization header begins with the token itself. Put 'Bearer ' before it: ";
    return unusable(invalidRequest("authorization_malformed", what + howToSend));
  }
  if (rest === "" || !/^[A-Za-z][A-Za-z0-9-]{0,19}$/.test(scheme)) {
    const what = "The Authorization header does not name a scheme and its credentials.";
    return unusable(invalidRequest("authorization_malformed", `${what} Send: ${howToSend}`));
  }
  const name = knownSchemes.find((known) => known.toLowerCase() === scheme.toLowerCase());
  const what = name === undefined ? "The Authorization header's scheme" : `The Authorization scheme ${name}`;
  return unusable(unauthorized("scheme_unsupported", `${what} is not accepted here. Send: ${howToSend}`));
}

/** Only these are repeated in an answer: anything else might be part of a secret. */
const knownSchemes = ["Basic", "Digest", "DPoP", "Negotiate", "NTLM", "Token", "JWT", "ApiKey"];

const wrapped = /^["'`<{[(]/;

function malformed(rest: string): string {
  if (rest.startsWith("[object ")) {
    const what = "After 'Bearer ' comes the text of a JavaScript object.";
    return `${what} Await the function that gives the token, and send the text that it resolves to.`;
  }
  if (/^bearer /i.test(rest)) return `'Bearer' stands there twice. Send: ${howToSend}`;
  if (wrapped.test(rest)) {
    return `The token is wrapped in quotes or brackets. Send it bare: ${howToSend}`;
  }
  return `What follows 'Bearer ' holds characters that no token has. Send: ${howToSend}`;
}

function looksLikeJwt(text: string): boolean {
  return text.startsWith("eyJ");
}

function unusable(refusal: Refusal): Credentials {
  return { kind: "unusable", refusal };
}

/** From `start` on, without spaces at either end; tabs and anything else are kept and refused. */
function withoutSpaces(text: string, start: number): string {
  let from = start;
  let to = text.length;
  while (from < to && text[from] === " ") from += 1;
  while (to > from && text[to - 1] === " ") to -= 1;
  return text.slice(from, to);
}
