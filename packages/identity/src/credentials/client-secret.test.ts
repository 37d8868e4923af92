import { describe, expect, test } from "vitest";
import { hashClientSecret, isClientSecret, matchingSecret, newClientSecret } from "./client-secret.ts";

describe("a new client secret", () => {
  test("has the form that Kinde's SDK wants, and more than 256 bits of it", () => {
    const secrets = Array.from({ length: 200 }, newClientSecret);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[a-zA-Z0-9]{40,60}$/);
      expect(secret.length * Math.log2(62)).toBeGreaterThan(256);
      expect(isClientSecret(secret)).toBe(true);
    }
    expect(new Set(secrets).size).toBe(secrets.length);
    // 9600 characters of 62: each is there about 155 times, and one that is there fewer than 80 times is no accident.
    for (const character of "AMZamz059") {
      expect(secrets.join("").split(character).length).toBeGreaterThan(80);
    }
  });

  test.each([
    ["too short", "a1b2c3d4e5".repeat(3)],
    ["too long", "a1b2c3d4e5".repeat(7)],
    ["of other characters", `${"a1b2c3d4e5".repeat(4)}-`],
    ["with a line break", `${"a1b2c3d4e5".repeat(4)}\n`],
    ["nothing that dice have thrown", "ab".repeat(20)],
  ])("is not %s", (_what, text) => {
    expect(isClientSecret(text)).toBe(false);
  });
});

describe("the hashes of two secrets", () => {
  const [old, next, other] = [newClientSecret(), newClientSecret(), newClientSecret()] as const;
  const hashes = [hashClientSecret("jobs", old), hashClientSecret("jobs", next)];

  test("are matched by either secret, and by nothing else", () => {
    expect(matchingSecret("jobs", old, hashes)).toBe(0);
    expect(matchingSecret("jobs", next, hashes)).toBe(1);
    for (const wrong of [other, "", old.slice(1), `${old}x`, hashes[0] as string]) {
      expect(matchingSecret("jobs", wrong, hashes)).toBe(-1);
    }
  });

  test("open nothing for another application, and without any nothing opens", () => {
    expect(matchingSecret("others", old, hashes)).toBe(-1);
    expect(matchingSecret("jobs", old, [])).toBe(-1);
    expect(matchingSecret("", "", [])).toBe(-1);
  });
});
