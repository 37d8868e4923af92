import type { JsonValue } from "./options.ts";
import type { TokenSet } from "./token-set.ts";

/** What is known of a person who is signed in. */
export interface SessionRecord {
  readonly subject: string;
  /** The issuer's id of the session, if it gave one. */
  readonly sid: string | undefined;
  readonly accessToken: string;
  /** Milliseconds since 1970, reckoned from the moment when the token arrived. */
  readonly accessTokenExpiresAt: number;
  /** Milliseconds that the access token had when it arrived. */
  readonly accessTokenLifetime: number;
  readonly idToken: string;
  readonly refreshToken: string | undefined;
  readonly appState: JsonValue | undefined;
  /** Milliseconds since 1970: when the person signed in. */
  readonly createdAt: number;
}

/** The record with the tokens of a new answer; what the answer leaves out stays as it was. */
export function withTokens(record: SessionRecord, tokens: TokenSet, now: number): SessionRecord {
  return {
    ...record,
    accessToken: tokens.accessToken,
    accessTokenExpiresAt: now + tokens.lifetime,
    accessTokenLifetime: tokens.lifetime,
    idToken: tokens.idToken ?? record.idToken,
    refreshToken: tokens.refreshToken ?? record.refreshToken,
  };
}

/** Whether the access token should be renewed: a minute before it expires, later for one that hardly lives longer. */
export function isDue({ accessTokenExpiresAt, accessTokenLifetime }: SessionRecord, now: number): boolean {
  return accessTokenExpiresAt - now <= Math.min(60_000, accessTokenLifetime / 4);
}

/** Whether an API would still accept the access token when a request with it arrives. */
export function isUsable({ accessTokenExpiresAt, accessTokenLifetime }: SessionRecord, now: number): boolean {
  return accessTokenExpiresAt - now > Math.min(5_000, accessTokenLifetime / 10);
}
