import { AuthError } from "./auth-error.ts";
import type { SessionStore } from "./session-store.ts";

/** A store whose failures are {@link AuthError}s: what a database says about itself is not for the browser. */
export function guarded(store: SessionStore): SessionStore {
  const guard =
    <Call extends unknown[], Result>(name: string, work: (...call: Call) => Promise<Result>) =>
    async (...call: Call): Promise<Result> => {
      try {
        return await work(...call);
      } catch (error) {
        const failure = new AuthError(
          "store_unavailable",
          `the session store failed at ${name}: try again later`,
        );
        failure.cause = error;
        throw failure;
      }
    };
  return {
    get: guard("get", (key) => store.get(key)),
    set: guard("set", (session, replaces) => store.set(session, replaces)),
    touch: guard("touch", (key, lastUsedAt, expiresAt) => store.touch(key, lastUsedAt, expiresAt)),
    delete: guard("delete", (key) => store.delete(key)),
    lock: guard("lock", (name, holder, ttl) => store.lock(name, holder, ttl)),
    unlock: guard("unlock", (name, holder) => store.unlock(name, holder)),
    listByUser: guard("listByUser", (user) => store.listByUser(user)),
    listBySid: guard("listBySid", (sid) => store.listBySid(sid)),
    deleteByUser: guard("deleteByUser", (user) => store.deleteByUser(user)),
    close: guard("close", async () => await store.close?.()),
  };
}
