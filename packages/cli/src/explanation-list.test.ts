import type { Explanation } from "@hallpass/tokens";
import { describe, expect, test } from "vitest";
import { explanationList, verdictOf } from "./explanation-list.ts";
import { painter } from "./terminal.ts";

const refused: Explanation = {
  ok: false,
  checks: [
    { check: "form", status: "passed", found: "3 parts" },
    {
      check: "audience",
      status: "failed",
      code: "audience_wrong",
      found: "https://other.example",
      expected: "https://api.bookstore.example",
      fix: "Ask for a token for this API.",
      message: "The token is for another API. Ask for a token for this API.",
    },
    { check: "signature", status: "skipped", message: "there is no key" },
  ],
};

describe("explanationList", () => {
  test("aligns each check with what was found, what was expected and the fix, then gives the verdict", () => {
    expect(explanationList(refused, painter(false), 100).split("\n")).toEqual([
      "  ✔ form       3 parts",
      "  ✘ audience   found     https://other.example",
      "               expected  https://api.bookstore.example",
      "               fix       Ask for a token for this API.",
      "  – signature  there is no key",
      "",
      "Refused (audience_wrong)",
      "The token is for another API.",
    ]);
  });

  test("has colours only when asked", () => {
    expect(explanationList(refused, painter(true), 100)).toContain("\u001b[31m✘");
    expect(explanationList(refused, painter(false), 100)).not.toContain("\u001b");
  });

  test("a claim cannot send control characters to the terminal", () => {
    const hostile: Explanation = {
      ok: false,
      checks: [{ check: "issuer", status: "failed", found: "\u001b]0;owned\u0007\u202e", expected: "x" }],
    };
    const text = explanationList(hostile, painter(false), 100);
    expect(text).toContain("\\u001b]0;owned\\u0007\\u202e");
    for (const character of ["\u001b", "\u0007", "\u202e"]) expect(text).not.toContain(character);
  });

  test("breaks long texts into the column they belong to", () => {
    const long: Explanation = {
      ok: true,
      checks: [{ check: "time", status: "passed", found: "word ".repeat(30).trim() }],
    };
    const lines = explanationList(long, painter(false), 60).split("\n");
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(lines[1]).toMatch(/^ {10}word/);
  });
});

describe("verdictOf", () => {
  const keys = { check: "key", status: "failed", code: "keys_unavailable" } as const;
  const expired = { check: "time", status: "failed", code: "token_expired" } as const;

  test("a token whose only fault is that the keys cannot be had is undecided", () => {
    expect(verdictOf({ ok: false, checks: [keys] })).toEqual({ outcome: "undecided", failure: keys });
  });

  test("a token that fails another check too is refused for that one", () => {
    expect(verdictOf({ ok: false, checks: [keys, expired] })).toEqual({
      outcome: "refused",
      failure: expired,
    });
  });

  test("a token without a failure is accepted", () => {
    expect(verdictOf({ ok: true, checks: [{ check: "form", status: "passed" }] })).toEqual({
      outcome: "accepted",
    });
  });
});
