import { describe, expect, it } from "vitest";
import { type CachedToken, VerifiedCache } from "./verified-cache.ts";

function entry(jwt: string, exp = 1000): CachedToken {
  return { jwt, from: 0, until: exp, token: {} } as unknown as CachedToken;
}

const name = (i: number): string => `token-${i}-${((i * 2_654_435_761) >>> 0).toString(36)}`;

describe("the cache of verified tokens", () => {
  it("finds a token by its whole text only", () => {
    const cache = new VerifiedCache(100);
    const kept = entry("header.payload.same-signature");
    cache.add(kept, 0);
    expect(cache.find("header.payload.same-signature")).toBe(kept);
    expect(cache.find("header.PAYLOAD.same-signature")).toBeUndefined();
    expect(cache.find("")).toBeUndefined();
  });

  it.each([1, 3, 100, 5000])("never holds more than %i tokens", (maxEntries) => {
    const cache = new VerifiedCache(maxEntries);
    for (let i = 0; i < maxEntries * 3; i++) cache.add(entry(name(i)), 0);
    let held = 0;
    for (let i = 0; i < maxEntries * 3; i++) if (cache.find(name(i)) !== undefined) held++;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(maxEntries);
  });

  /** The share of requests that hit, over the second half of them. */
  function hitRate(cache: VerifiedCache, requests: readonly number[]): number {
    let hits = 0;
    requests.forEach((i, request) => {
      const hit = cache.find(name(i)) !== undefined;
      if (!hit) cache.add(entry(name(i)), 0);
      if (hit && request >= requests.length / 2) hits++;
    });
    return hits / Math.floor(requests.length / 2);
  }

  it("still hits when twice as many tokens take turns as fit", () => {
    const inTurn = Array.from({ length: 20_000 }, (_, request) => request % 2000);
    expect(hitRate(new VerifiedCache(1000), inTurn)).toBeGreaterThan(0.18);
  });

  it("hits nearly always while the tokens in use change slowly, to twice as many as fit", () => {
    const drifting = Array.from(
      { length: 100_000 },
      (_, request) => Math.floor(request / 50) + Math.floor(Math.random() * 500),
    );
    expect(hitRate(new VerifiedCache(1000), drifting)).toBeGreaterThan(0.9);
  });

  it("keeps nearly all tokens while it is half full", () => {
    const cache = new VerifiedCache(10_000);
    for (let i = 0; i < 5000; i++) cache.add(entry(name(i)), 0);
    let held = 0;
    for (let i = 0; i < 5000; i++) if (cache.find(name(i)) !== undefined) held++;
    expect(held / 5000).toBeGreaterThan(0.98);
  });

  it("gives the place of a token that is over to a new one first", () => {
    const cache = new VerifiedCache(4);
    for (let i = 0; i < 4; i++) cache.add(entry(name(i), i === 2 ? 10 : 1000), 0);
    cache.add(entry(name(9)), 20);
    expect([0, 1, 2, 3, 9].map((i) => cache.find(name(i)) !== undefined)).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it("forgets a token that is removed", () => {
    const cache = new VerifiedCache(4);
    const kept = entry(name(1));
    cache.add(kept, 0);
    cache.remove(kept);
    expect(cache.find(name(1))).toBeUndefined();
  });
});
