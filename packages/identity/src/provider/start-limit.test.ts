import { describe, expect, test } from "vitest";
import { createStartLimit } from "./start-limit.ts";

function limitAt(options: { perMinute: number; mostSources?: number }) {
  let time = 1_000_000;
  const limit = createStartLimit({ ...options, now: () => time });
  const many = (count: number, source = "a") =>
    Array.from({ length: count }, () => limit.admit(source)).filter((wait) => wait === undefined).length;
  return { limit, many, later: (seconds: number) => (time += seconds * 1000) };
}

describe("sign-ins from one source", () => {
  test("may be as many at once as in a minute, and no more", () => {
    const { many } = limitAt({ perMinute: 60 });
    expect(many(100)).toBe(60);
  });

  test("may go on at the same pace", () => {
    const { many, later, limit } = limitAt({ perMinute: 60 });
    many(100);
    expect(limit.admit("a")).toBe(1);
    later(1);
    expect(many(5)).toBe(1);
    later(30);
    expect(many(100)).toBe(30);
    later(3600);
    expect(many(100)).toBe(60);
  });

  test("that were refused cost nothing: whoever keeps trying does not wait for longer", () => {
    const { many, later } = limitAt({ perMinute: 6 });
    expect(many(10_000)).toBe(6);
    later(10);
    expect(many(10)).toBe(1);
  });

  test("are nothing to other sources", () => {
    const { many } = limitAt({ perMinute: 3 });
    many(10, "a");
    expect(many(10, "b")).toBe(3);
  });

  test("are remembered for so many sources only", () => {
    const { many } = limitAt({ perMinute: 1, mostSources: 2 });
    expect([many(2, "a"), many(2, "b"), many(2, "b")]).toEqual([1, 1, 0]);
    many(1, "c");
    expect(many(1, "b")).toBe(0);
    expect(many(1, "a")).toBe(1);
  });
});
