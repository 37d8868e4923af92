import { afterEach, describe, expect, test, vi } from "vitest";
import { claimsOf, isUsable, received, remaining, untilRenewal } from "./session.ts";

const session = (expiresIn: number, renewable = true) =>
  received({ accessToken: "a.b.c", expiresIn }, renewable);

describe("the life of a token", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is reckoned from its arrival, not from its claims", () => {
    expect(remaining(session(3600))).toBeCloseTo(3600, 0);
  });

  test("goes on while the machine sleeps and its steady clock stands still", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const token = session(3600);
    vi.setSystemTime(Date.now() + 3_000_000);
    expect(remaining(token)).toBeCloseTo(600, 0);
  });

  test("does not grow when the clock is set back", () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const token = session(3600);
    vi.advanceTimersByTime(3_000_000);
    vi.setSystemTime(Date.now() - 86_400_000);
    expect(remaining(token)).toBeCloseTo(600, 0);
  });

  test("is renewed a minute before its end, or after a quarter of a short life", () => {
    expect(untilRenewal(session(3600))).toBeCloseTo(3540, 0);
    expect(untilRenewal(session(40))).toBeCloseTo(10, 0);
  });

  test("is used to its end where nothing renews it", () => {
    expect(untilRenewal(session(3600, false))).toBeCloseTo(3600, 0);
  });

  test("ends a little early, because the way to the API takes time", () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const token = session(3600);
    vi.advanceTimersByTime(3_594_000);
    expect(isUsable(token)).toBe(true);
    vi.advanceTimersByTime(2000);
    expect(isUsable(token)).toBe(false);
    expect(isUsable(session(1))).toBe(true);
  });
});

describe("the claims of one's own token", () => {
  test("are none for a token that is opaque or absent", () => {
    expect(claimsOf("an-opaque-token")).toEqual({});
    expect(claimsOf(undefined)).toEqual({});
  });

  test("are read as UTF-8", () => {
    const payload = Buffer.from(JSON.stringify({ name: "Zoë 漱石" })).toString("base64url");
    expect(claimsOf(`e30.${payload}.x`)).toEqual({ name: "Zoë 漱石" });
  });
});
