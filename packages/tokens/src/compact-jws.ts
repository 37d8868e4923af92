import { decodeText, isBase64url } from "#base64url";
import { refuseNonString, refuseOtherText, refuseParts, refuseUnreadable } from "./not-a-jwt.ts";
import { refusal, type TokenError } from "./token-error.ts";
import type { JwsHeader } from "./verified-token.ts";

/**
 * Longest token that is looked at, in characters. Node refuses larger request headers by default, and a length
 * known before anything is split or decoded bounds the cost of every later step.
 */
const LONGEST_TOKEN = 16_384;

/** A signed JWT taken apart (RFC 7515 section 7.1). Nothing in it has been checked yet. */
export interface CompactJws {
  readonly header: JwsHeader;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The text that was signed. */
  readonly signingInput: string;
  /** As it is written; known to be base64url. */
  readonly signature: string;
}

/** A header that was read before, and its text. */
export interface KnownHeader {
  readonly segment: string;
  readonly header: JwsHeader;
}

/**
 * Takes a compact JWS apart, strictly: each part has exactly one accepted spelling, header and payload are JSON objects
 * in UTF-8. Whatever else it is given, it says what that is.
 *
 * @param known all tokens of one key tend to have the same header, which then need not be read again
 */
export function parseCompactJws(jwt: unknown, known?: KnownHeader | undefined): CompactJws | TokenError {
  if (typeof jwt !== "string") return refuseNonString(jwt);
  if (jwt.length > LONGEST_TOKEN) {
    return refusal("token_too_large", `This token has ${jwt.length} characters.`, {
      found: `${jwt.length} characters`,
      expected: `at most ${LONGEST_TOKEN} characters`,
      fix: "Have the issuer put less into it; long lists (groups, permissions) belong behind an API.",
    });
  }
  const first = jwt.indexOf(".");
  const second = first < 0 ? -1 : jwt.indexOf(".", first + 1);
  if (second < 0 || jwt.indexOf(".", second + 1) >= 0)
    return refuseOtherText(jwt) ?? refuseParts(countParts(jwt));

  const headerSegment = jwt.slice(0, first);
  const header = headerSegment === known?.segment ? known.header : parseObject(headerSegment);
  // A prefix such as `Bearer ` makes the first part unreadable: name it rather than the part.
  if (typeof header === "string") return refuseOtherText(jwt) ?? refuseUnreadable("header", header);
  const payload = parseObject(jwt.slice(first + 1, second));
  if (typeof payload === "string") return refuseUnreadable("payload", payload);
  const signature = jwt.slice(second + 1);
  if (!isBase64url(signature)) {
    return refuseOtherText(jwt) ?? refuseUnreadable("signature", "is not base64url");
  }
  return (
    refuseHeader(header) ?? {
      header: header as JwsHeader,
      payload,
      signingInput: jwt.slice(0, second),
      signature,
    }
  );
}

function parseObject(segment: string): Readonly<Record<string, unknown>> | string {
  const text = decodeText(segment);
  if (text === undefined) return "is not base64url of UTF-8 text";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : "is not a JSON object";
}

function countParts(text: string): number {
  let parts = 1;
  for (let at = text.indexOf("."); at >= 0 && parts < 6; at = text.indexOf(".", at + 1)) parts++;
  return parts;
}

const LONGEST_KID = 512;

function refuseHeader(header: Readonly<Record<string, unknown>>): TokenError | undefined {
  if (!Object.hasOwn(header, "kid")) return undefined;
  if (typeof header.kid !== "string") return refuseUnreadable("header", "has a kid that is not a string");
  if (header.kid.length > LONGEST_KID) return refuseUnreadable("header", "has a kid of absurd length");
  return undefined;
}
