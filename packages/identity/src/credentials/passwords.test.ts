import { type Argon2Parameters, argon2Sync } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { createPasswordHasher } from "./password-hasher.ts";
import { passwordProblem } from "./password-policy.ts";
import { formatPhc, parsePhc } from "./phc.ts";

/** What argon2 was asked to compute; it computes it all the same. */
const computed = vi.hoisted((): { message: string; nonce: Buffer }[] => []);
vi.mock("node:crypto", async (importOriginal) => {
  const crypto = await importOriginal<typeof import("node:crypto")>();
  const argon2: typeof crypto.argon2 = (algorithm, parameters, done) => {
    computed.push(parameters as Argon2Parameters & { message: string; nonce: Buffer });
    crypto.argon2(algorithm, parameters, done);
  };
  return { ...crypto, argon2 };
});

const cheap = { memory: 64, passes: 1 };

describe("a password hash", () => {
  test("is argon2id with 19 MiB, two passes and one lane", async () => {
    const hash = await createPasswordHasher().hash("correct horse");
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  });

  test("is what argon2 itself computes", async () => {
    const hasher = createPasswordHasher(cheap);
    const { salt, hash } = parsePhc(await hasher.hash("pass"));
    const expected = argon2Sync("argon2id", {
      message: "pass",
      nonce: salt,
      parallelism: 1,
      tagLength: 32,
      memory: 64,
      passes: 1,
    });
    expect(hash.equals(expected)).toBe(true);
  });

  test("differs each time and accepts the one password", async () => {
    const hasher = createPasswordHasher(cheap);
    const [one, two] = [await hasher.hash("pass"), await hasher.hash("pass")];
    expect(one).not.toBe(two);
    expect(await hasher.verify("pass", one)).toEqual({ ok: true, outdated: false });
    expect(await hasher.verify("Pass", one)).toEqual({ ok: false, outdated: false });
    expect(await hasher.verify("pass ", one)).toMatchObject({ ok: false });
  });

  test("accepts the same letters from another keyboard (NFKC)", async () => {
    const hasher = createPasswordHasher(cheap);
    const stored = await hasher.hash("caf\u00e9 ﬁsh");
    expect(await hasher.verify("cafe\u0301 fish", stored)).toMatchObject({ ok: true });
  });

  test("of other parameters still counts, and is called outdated", async () => {
    const stored = await createPasswordHasher({ memory: 32, passes: 1 }).hash("pass");
    expect(await createPasswordHasher(cheap).verify("pass", stored)).toEqual({ ok: true, outdated: true });
  });

  test("that nobody has costs the same work as a real one", async () => {
    const hasher = createPasswordHasher(cheap);
    const stored = await hasher.hash("pass");
    const workOf = async (hash: string | undefined) => {
      computed.length = 0;
      expect((await hasher.verify("wrong", hash)).ok).toBe(false);
      return computed.map(({ message, nonce, ...cost }) => ({ ...cost, salt: nonce.length }));
    };
    const forSomebody = await workOf(stored);
    expect(forSomebody).toEqual([{ ...cheap, parallelism: 1, tagLength: 32, salt: 16 }]);
    expect(await workOf(undefined)).toEqual(forSomebody);
  });

  test.each([
    "",
    "$2b$10$abc",
    "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ])("in another form is an error, not a yes: %j", async (stored) => {
    await expect(createPasswordHasher(cheap).verify("pass", stored)).rejects.toThrow(/PHC/);
  });

  test("survives writing and reading", () => {
    const parts = {
      memory: 1,
      passes: 2,
      parallelism: 3,
      salt: Buffer.alloc(16, 7),
      hash: Buffer.alloc(32, 9),
    };
    expect(parsePhc(formatPhc(parts))).toEqual(parts);
  });
});

describe("the queue", () => {
  test("runs what fits, lets a bounded number wait and refuses the rest at once", async () => {
    const hasher = createPasswordHasher({ ...cheap, concurrency: 2, queueLimit: 3 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => hasher.hash("pass")));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "passwords_busy", retryAfter: 2 });
    await expect(hasher.hash("pass")).resolves.toMatch(/^\$argon2id/);
  });

  test("leaves the event loop free", async () => {
    const hasher = createPasswordHasher();
    const work = Promise.all(Array.from({ length: 6 }, () => hasher.hash("pass")));
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    await work;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe("the password policy", () => {
  test.each([
    "a ship in harbour is safe",
    "  spaces all around  ",
    "пароль из пятнадцати букв",
    "👩‍🚀 flies past the moon",
    "x".repeat(3) + "kJ8".repeat(30),
    "9817264509817263",
    "tr0ub4dor&3 & friends",
  ])("accepts %j", (password) => {
    expect(passwordProblem(password)).toBeNull();
  });

  test.each([
    ["password_too_short", ""],
    ["password_too_short", "fourteen chars"],
    ["password_too_short", "👩".repeat(14)],
    ["password_too_long", "long enough ".repeat(100)],
    ["password_too_long", "é".repeat(513)],
    ["password_common", "passwordpassword"],
    ["password_common", "Password1234567!"],
    ["password_common", "aaaaaaaaaaaaaaaaa"],
    ["password_common", "abababababababab"],
    ["password_common", "123456789012345"],
    ["password_common", "qwertyuiopasdfghjkl"],
    ["password_common", "abcdefghijklmno"],
    ["password_common", "this is my password"],
    ["password_common", "correct horse battery staple"],
    ["password_common", "letmeinletmein2024"],
    ["password_repeats_you", "grace.hopper@example.com"],
    ["password_repeats_you", "Grace Hopper 1906!"],
    ["password_repeats_you", "bookstorebookstore"],
    ["password_repeats_you", "my bookstore pass"],
  ])("refuses with %s: %j", (code, password) => {
    const about = ["grace.hopper@example.com", "Bookstore", "Grace", "Hopper"];
    const problem = passwordProblem(password, about);
    expect(problem?.code).toBe(code);
    expect(problem?.message).not.toContain(password || "never");
  });

  test("has no rule of composition: 64 letters of one case are fine", () => {
    expect(passwordProblem("whereforeartthouromeodenythyfatherandrefusethynameorifthouwiltno")).toBeNull();
  });
});
