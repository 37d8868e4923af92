import type { SessionStore, StoredSession } from "@hallpass/server";
import { expect, it } from "vitest";

let count = 0;

/** A session that no other test has. */
function session(changes: Partial<StoredSession> = {}): StoredSession {
  count += 1;
  return {
    key: `key-${count}-${Math.random()}`,
    user: `web@https://issuer.example#user-${count}-${Math.random()}`,
    sid: undefined,
    createdAt: Date.now(),
    lastUsedAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    version: 1,
    data: "sealed",
    ...changes,
  };
}

/** What every store does. @param open gives a store over the same sessions, as another process has it */
export function keepsTheContract(open: () => SessionStore): void {
  it("gives back what was written, also to another process", async () => {
    const written = session({ sid: "sid-1", data: `${"x".repeat(12_000)} ü ' " \\ ; --` });
    expect(await open().set(written)).toBe(true);
    expect(await open().get(written.key)).toEqual(written);
    expect(await open().get("another")).toBeUndefined();
  });

  it("replaces a session only if it is still what it was", async () => {
    const store = open();
    const first = session();
    await store.set(first);
    expect(await store.set({ ...first, version: 2, data: "second" }, 1)).toBe(true);
    expect(await store.set({ ...first, version: 2, data: "late" }, 1)).toBe(false);
    expect(await store.get(first.key)).toEqual({ ...first, version: 2, data: "second" });
  });

  it("lets one of many who replace the same session succeed", async () => {
    const first = session();
    await open().set(first);
    const stores = [open(), open()];
    const written = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (stores[at % 2] as SessionStore).set({ ...first, version: 2, data: `by ${at}` }, 1),
      ),
    );
    expect(written.filter(Boolean)).toHaveLength(1);
  });

  it("does not bring back a session that was deleted", async () => {
    const store = open();
    const first = session();
    await store.set(first);
    expect(await store.delete(first.key)).toBe(true);
    expect(await store.delete(first.key)).toBe(false);
    expect(await store.set({ ...first, version: 2 }, 1)).toBe(false);
    await store.touch(first.key, Date.now(), Date.now() + 1_000);
    expect(await store.get(first.key)).toBeUndefined();
    expect(await store.listByUser(first.user)).toEqual([]);
  });

  it("notes when a session was used, and touches nothing else", async () => {
    const store = open();
    const first = session();
    await store.set(first);
    await store.set({ ...first, version: 2, data: "second" }, 1);
    const later = { lastUsedAt: first.lastUsedAt + 5_000, expiresAt: first.expiresAt + 5_000 };
    await store.touch(first.key, later.lastUsedAt, later.expiresAt);
    expect(await store.get(first.key)).toEqual({ ...first, ...later, version: 2, data: "second" });
  });

  it("lists and deletes the sessions of a user, and nobody else's", async () => {
    const store = open();
    const first = session({ sid: `sid ${Math.random()}` });
    const second = session({ user: first.user, sid: `sid ${Math.random()}` });
    const other = session();
    for (const each of [first, second, other]) await store.set(each);
    const keys = (list: StoredSession[]) => list.map(({ key }) => key).sort();
    expect(keys(await store.listByUser(first.user))).toEqual([first.key, second.key].sort());
    expect(keys(await store.listBySid(first.sid ?? ""))).toEqual([first.key]);
    expect(await store.listBySid("another")).toEqual([]);
    expect(await store.deleteByUser(first.user)).toBe(2);
    expect(await store.listByUser(first.user)).toEqual([]);
    expect(await store.listBySid(first.sid ?? "")).toEqual([]);
    expect(await store.get(other.key)).toEqual(other);
  });

  it("gives a lock to one at a time, over all processes", async () => {
    const [one, other] = [open(), open()];
    const name = `lock ${Math.random()}`;
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? one : other).lock(name, `holder ${at}`, 60_000)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = `holder ${taken.indexOf(true)}`;
    await other.unlock(name, "somebody else");
    expect(await other.lock(name, "next", 60_000)).toBe(false);
    await other.unlock(name, holder);
    expect(await one.lock(name, "next", 60_000)).toBe(true);
  });

  it("ends a lock whose holder does not come back", async () => {
    const store = open();
    const name = `lock ${Math.random()}`;
    expect(await store.lock(name, "dead", 50)).toBe(true);
    await expect.poll(() => store.lock(name, "next", 60_000), { timeout: 5_000 }).toBe(true);
    // What the dead one left behind does not free the lock of the living.
    await store.unlock(name, "dead");
    expect(await store.lock(name, "third", 60_000)).toBe(false);
  });
}
