import { AuthError } from "./auth-error.ts";
import type { SessionStore } from "./session-store.ts";
import type { Settings } from "./settings.ts";
import { scoped } from "./stored-sessions.ts";

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

export function createUserSessions(settings: Settings, store: SessionStore): UserSessions {
  const { now } = settings;
  const ofUser = async (userId: string) => {
    const all = await store.listByUser(scoped(settings, userId));
    return all.filter(({ expiresAt }) => expiresAt > now());
  };
  return {
    async list(userId) {
      const all = await ofUser(userId);
      return all
        .sort((one, other) => other.lastUsedAt - one.lastUsedAt)
        .map(({ key, createdAt, lastUsedAt, expiresAt }) => ({
          handle: key,
          createdAt,
          lastUsedAt,
          expiresAt,
        }));
    },
    async revoke(userId, handle) {
      const all = await ofUser(userId);
      return all.some(({ key }) => key === handle) && (await store.delete(handle));
    },
    async revokeAll(userId, { except } = {}) {
      if (except === undefined) return await store.deleteByUser(scoped(settings, userId));
      const others = (await ofUser(userId)).filter(({ key }) => key !== except);
      const ended = await Promise.all(others.map(({ key }) => store.delete(key)));
      return ended.filter(Boolean).length;
    },
  };
}

/** Where sessions are in cookies, nobody can list or end them. */
export function noUserSessions(): UserSessions {
  const refuse = async (): Promise<never> => {
    throw new AuthError(
      "not_supported",
      "sessions that are in cookies can neither be listed nor revoked: use a store",
    );
  };
  return { list: refuse, revoke: refuse, revokeAll: refuse };
}
