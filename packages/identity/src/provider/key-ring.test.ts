import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { PUBLISHED_AFTER, PUBLISHED_BEFORE } from "./key-life.ts";
import { type KeyRingOptions, openKeyRing } from "./key-ring.ts";
import { addNextKey, listKeys, removeKey, replaceKeyNow } from "./key-store.ts";
import { makeKey } from "./signing-keys.ts";

const DAY = 86_400_000;

let db: OpenDatabase;
let time: number;

beforeEach(async () => {
  db = await openDatabase({ file: ":memory:" });
  time = Date.UTC(2026, 0, 1);
});
afterEach(async () => {
  await db.close();
});

/** A ring as each process on the database has one. All share one clock. */
async function ring(options: Partial<KeyRingOptions> = {}) {
  const opened = await openKeyRing({
    db,
    instanceSecret: undefined,
    algorithms: ["RS256"],
    rotateAfter: 90,
    hintLifetime: 3600,
    clock: { now: () => time, offset: () => 0 },
    ...options,
  });
  const kids = () => opened.current().published.map(({ kid }) => kid);
  const signing = () => opened.current().signing("RS256").kid;
  return { ...opened, kids, signing };
}

const fresh = async (now = time) => ({ key: await makeKey("RS256"), instanceSecret: undefined, now });

describe("a signing key", () => {
  test("is made on the first start, once, and signs at once", async () => {
    const [one, two] = await Promise.all([ring(), ring()]);
    expect(one.kids()).toHaveLength(1);
    expect(two.kids()).toEqual(one.kids());
    expect(one.signing()).toBe(one.kids()[0]);
  });

  test("is replaced when it is old: published first, then signing, then retired, then gone", async () => {
    const { kids, signing, refresh, current } = await ring({ rotateAfter: 30 });
    const first = signing();
    time += 30 * DAY - 1;
    await refresh();
    expect(kids()).toEqual([first]);

    time += 1;
    await refresh();
    const [, next] = kids();
    expect(kids()).toEqual([first, next]);
    expect(signing()).toBe(first);

    time += PUBLISHED_BEFORE - 1;
    expect(signing()).toBe(first);
    const before = current();
    expect(current()).toBe(before);
    time += 1;
    expect(signing()).toBe(next);
    expect(kids()).toEqual([next, first]);

    time += PUBLISHED_AFTER - 1;
    expect(kids()).toEqual([next, first]);
    time += 1;
    expect(kids()).toEqual([next]);
  });

  test("that was published last still tells whose sign-out it is, for as long as a session may last", async () => {
    const { refresh, current, signing } = await ring();
    const first = signing();
    await addNextKey(db, first, await fresh());
    await refresh();
    time += PUBLISHED_BEFORE + PUBLISHED_AFTER;
    await refresh();
    const { remembered, verifying } = current();
    await expect(verifying({ alg: "RS256", kid: first }, undefined as never)).rejects.toThrow();
    await remembered({ alg: "RS256", kid: first }, undefined as never);
    time += 3600_000 + 1;
    await refresh();
    expect((await listKeys(db)).map(({ kid }) => kid)).not.toContain(first);
  });

  test("still signs when the clock was set back to before it was made", async () => {
    const { signing, kids } = await ring();
    time -= 365 * DAY;
    expect(kids()).toContain(signing());
  });
});

describe("several processes", () => {
  test("that find a key old at the same moment make one next key", async () => {
    const rings = await Promise.all([ring(), ring(), ring()]);
    time += 90 * DAY;
    await Promise.all(rings.map(({ refresh }) => refresh()));
    await Promise.all(rings.map(({ refresh }) => refresh()));
    expect(new Set(rings.map(({ kids }) => kids().join())).size).toBe(1);
    expect(rings[0]?.kids()).toHaveLength(2);
  });

  test("change over at the same moment, without reading the database at that moment", async () => {
    const rings = await Promise.all([ring(), ring()]);
    time += 90 * DAY;
    for (const { refresh } of rings) await refresh();
    for (const { refresh } of rings) await refresh();
    const signers = () => new Set(rings.map(({ signing }) => signing()));
    const [old] = signers();
    time += PUBLISHED_BEFORE - 1;
    expect(signers()).toEqual(new Set([old]));
    time += 1;
    expect(signers().size).toBe(1);
    expect(signers().has(old ?? "")).toBe(false);
  });
});

describe("in an emergency", () => {
  test("a new key signs at once, in the place of the old one and of the next", async () => {
    const { kids, signing, refresh } = await ring();
    const old = signing();
    const next = await fresh();
    await addNextKey(db, old, next);
    time += 1000;
    const replacement = await fresh();
    await replaceKeyNow(db, replacement);
    await refresh();
    expect(signing()).toBe(replacement.key.kid);
    expect(kids()).toEqual([replacement.key.kid, old]);
  });

  test("a key that is removed is gone at once, also for signing out", async () => {
    const { kids, signing, refresh, current } = await ring();
    const old = signing();
    await replaceKeyNow(db, await fresh());
    const stored = (await listKeys(db)).find(({ kid }) => kid === old);
    if (!stored) throw new Error("the old key is not there");
    await removeKey(db, stored, time);
    await refresh();
    expect(kids()).not.toContain(old);
    await expect(current().remembered({ alg: "RS256", kid: old }, undefined as never)).rejects.toThrow();
  });

  test("without its successor a key goes on", async () => {
    const { kids, signing, refresh } = await ring();
    const old = signing();
    await addNextKey(db, old, await fresh());
    const [next] = await listKeys(db);
    if (!next) throw new Error("the next key is not there");
    await removeKey(db, next, time);
    await refresh();
    time += 2 * PUBLISHED_BEFORE;
    expect(signing()).toBe(old);
    expect(kids()).toEqual([old]);
  });
});

test("the key of ID tokens is published first, for clients that read no other", async () => {
  await ring();
  time += 1000;
  const { current, kids, signing } = await ring({ algorithms: ["ES256", "RS256"] });
  expect(kids()[0]).toBe(signing());
  expect(current().published.map(({ alg }) => alg)).toEqual(["RS256", "ES256"]);
});

test("an algorithm has keys only while it is asked for", async () => {
  const first = await ring({ algorithms: ["RS256", "ES256", "EdDSA"] });
  const kinds = () => first.current().published.map(({ alg, kty, crv }) => [alg, kty, crv]);
  expect(kinds()).toHaveLength(3);
  expect(kinds()).toEqual(
    expect.arrayContaining([
      ["RS256", "RSA", undefined],
      ["ES256", "EC", "P-256"],
      ["EdDSA", "OKP", "Ed25519"],
    ]),
  );
  time += 1000;
  const second = await ring();
  expect(second.kids()).toHaveLength(3);
  expect(() => second.current().signing("ES256")).toThrow("no key for ES256");
  time += PUBLISHED_AFTER;
  expect(second.kids()).toHaveLength(1);
});
