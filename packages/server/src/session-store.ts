/**
 * A session as a store keeps it. The cookie's value is in none of its fields, and `data` can be opened only with it:
 * who reads the database can neither take over a session nor see a token.
 */
export interface StoredSession {
  /** The hash of the cookie's value. Names the session in lists; it lets nobody in. */
  readonly key: string;
  /** Whose it is: application, issuer and subject. */
  readonly user: string;
  /** The issuer's id of the session, with application and issuer. */
  readonly sid: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** From then on it is nobody's session any more, and may be forgotten. */
  readonly expiresAt: number;
  /** Changes with each new `data`. */
  readonly version: number;
  /** Sealed. At most some ten kilobytes. */
  readonly data: string;
}

/**
 * Where sessions are kept. All functions may fail; a failure is answered with 503 and ends no session. A session that
 * has expired may be forgotten; whoever gets it looks at `expiresAt`.
 */
export interface SessionStore {
  get(key: string): Promise<StoredSession | undefined>;
  /**
   * Writes a session, durably, before it resolves. With `replaces`, only if a session of this key and version is there:
   * one that was deleted meanwhile must not come back.
   *
   * @returns whether it was written
   */
  set(session: StoredSession, replaces?: number): Promise<boolean>;
  /** Notes that a session is in use; nothing if it is gone. */
  touch(key: string, lastUsedAt: number, expiresAt: number): Promise<void>;
  /** @returns whether there was one */
  delete(key: string): Promise<boolean>;
  /**
   * Tries to take a lock, once, without waiting. It is exclusive over all processes that share the store, and ends by
   * itself after `ttl` milliseconds, so that a holder that crashed blocks nobody.
   *
   * @param holder a random value that says whose the lock is
   * @returns whether it was taken
   */
  lock(name: string, holder: string, ttl: number): Promise<boolean>;
  /** Gives a lock back; nothing if it is somebody else's by now. */
  unlock(name: string, holder: string): Promise<void>;
  listByUser(user: string): Promise<StoredSession[]>;
  listBySid(sid: string): Promise<StoredSession[]>;
  /** @returns how many there were */
  deleteByUser(user: string): Promise<number>;
  /** Ends what the store has opened itself. */
  close?(): Promise<void>;
}
