import { decodeText, isBase64url } from "#platform";
import type { KnownHeaders } from "./known-headers.ts";
import type { JwsHeader } from "./verified-token.ts";

/**
 * Longest token that is looked at, in characters. Node refuses larger request headers by default, and a length
 * known before anything is split or decoded bounds the cost of every later step.
 */
export const LONGEST_TOKEN = 16_384;

const LONGEST_KID = 512;

/** Text that has something else around the token, however many dots are in it. */
const OTHER_TEXT =
  /^(?:authorization\s*:|(?:bearer|dpop|basic|token|jwt)[\s:]|["'`\s{]|-----BEGIN|https?:\/\/)|["'`\s]$/i;

/** A signed JWT taken apart (RFC 7515 section 7.1). Nothing in it has been checked yet. */
export interface CompactJws {
  readonly header: JwsHeader;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The text that was signed. */
  readonly signingInput: string;
  /** As it is written; known to be base64url. */
  readonly signature: string;
}

/** Why a text is no token that can be looked at. */
export type FormProblem = "token_missing" | "token_malformed" | "token_too_large" | "token_encrypted";

/**
 * Takes a compact JWS apart, strictly: each part has exactly one accepted spelling, header and payload are JSON objects
 * in UTF-8. What else it was given is for others to describe.
 *
 * @param known all tokens of one key tend to have the same header, which then need not be read again
 */
export function parseCompactJws(jwt: unknown, known?: KnownHeaders | undefined): CompactJws | FormProblem {
  if (typeof jwt !== "string") return (jwt ?? null) === null ? "token_missing" : "token_malformed";
  if (jwt.length > LONGEST_TOKEN) return "token_too_large";
  const first = jwt.indexOf(".");
  const second = first < 0 ? -1 : jwt.indexOf(".", first + 1);
  if (second < 0 || jwt.indexOf(".", second + 1) >= 0) {
    if (/^(bearer\s*)?$/i.test(jwt)) return "token_missing";
    return jwt.split(".", 6).length === 5 && !OTHER_TEXT.test(jwt) ? "token_encrypted" : "token_malformed";
  }
  const segment = jwt.slice(0, first);
  const remembered = known?.get(segment);
  const header = remembered ?? parseObject(segment);
  const payload = parseObject(jwt.slice(first + 1, second));
  const signature = jwt.slice(second + 1);
  if (header === undefined || payload === undefined || !isBase64url(signature)) return "token_malformed";
  if (remembered === undefined) {
    const kid = Object.hasOwn(header, "kid") ? header.kid : "";
    if (typeof kid !== "string" || kid.length > LONGEST_KID) return "token_malformed";
    known?.add(segment, header as JwsHeader);
  }
  return { header: header as JwsHeader, payload, signingInput: jwt.slice(0, second), signature };
}

function parseObject(segment: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decodeText(segment) ?? "");
    if (typeof value === "object" && !Array.isArray(value))
      return (value as Record<string, unknown>) ?? undefined;
  } catch {
    // Said by giving nothing.
  }
  return undefined;
}
