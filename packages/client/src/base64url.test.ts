import { describe, expect, test } from "vitest";
import { decodeText, encode } from "./base64url.ts";

describe("base64url", () => {
  test.each(["", "a", "ab", "abc", "Zoë ☕ 本", "\u0000ÿ?>~"])("of %j gives it back", (text) => {
    const encoded = encode(new TextEncoder().encode(text));
    expect(encoded).toBe(Buffer.from(text).toString("base64url"));
    expect(decodeText(encoded)).toBe(text);
  });

  test("has no other signs", () => {
    expect(() => decodeText("a b!")).toThrow();
  });
});
