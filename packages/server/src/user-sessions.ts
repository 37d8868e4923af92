/** A session in the list of a user's sessions. */
export interface UserSession {
  /** Names the session; not secret, and lets nobody in. */
  readonly handle: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

/**
 * The sessions of users by their id (`sub`). All functions throw an {@link AuthError}: `store_unavailable`, or
 * `not_supported` where sessions are in cookies, which nobody can list.
 */
export interface UserSessions {
  /** The last used first. */
  list(userId: string): Promise<UserSession[]>;
  /** Ends one session of a user. @returns whether there was one: a handle of somebody else's session is none */
  revoke(userId: string, handle: string): Promise<boolean>;
  /** Ends all sessions of a user, such as after a changed password. @returns how many */
  revokeAll(userId: string, options?: { readonly except?: string | undefined }): Promise<number>;
}
