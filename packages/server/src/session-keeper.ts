import type { CookieJar } from "./cookies.ts";
import type { SessionRecord } from "./session-record.ts";

/** A session as it was found, with what is needed to find it again. */
export interface HeldSession {
  readonly record: SessionRecord;
  /** Names the session in lists. Absent where sessions are in cookies. */
  readonly handle: string | undefined;
}

/** Asks the issuer for new tokens. @throws {AuthError} `session_ended` or `issuer_unreachable` */
export type Renewal = (record: SessionRecord) => Promise<SessionRecord>;

/** Where the sessions of browsers are: in a store, or in their cookies. */
export interface SessionKeeper {
  /** The session that a request brings along, if it holds. @throws {AuthError} `store_unavailable` */
  load(jar: CookieJar): Promise<HeldSession | undefined>;
  /** Begins a session under a new id; whatever session the browser had is over. @throws {AuthError} */
  begin(jar: CookieJar, record: SessionRecord): Promise<HeldSession>;
  /**
   * Renews the tokens of a session once, however many ask for it at the same time. If others have renewed them since it
   * was loaded, theirs are the result.
   *
   * @returns undefined if the session is over by now
   * @throws {AuthError} `session_ended`, after which it is forgotten; `issuer_unreachable`, `store_unavailable`, after
   *   which it is as it was
   */
  renew(jar: CookieJar, held: HeldSession, renewal: Renewal): Promise<HeldSession | undefined>;
  end(jar: CookieJar, held: HeldSession): Promise<void>;
}
