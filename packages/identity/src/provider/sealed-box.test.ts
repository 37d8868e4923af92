import { expect, test } from "vitest";
import { seal, unseal } from "./sealed-box.ts";

const SECRET = "a secret of more than thirty-two characters";

test("a box opens with the secret and the purpose it was made with, and with no other", () => {
  const box = seal("a private key", SECRET, "at-rest");
  expect(unseal(box, SECRET, "at-rest")).toBe("a private key");
  expect(unseal(box, `${SECRET} `, "at-rest")).toBeUndefined();
  expect(unseal(box, SECRET, "refresh-successor")).toBeUndefined();
  expect(box).not.toContain("private");
});

test("equal texts make different boxes", () => {
  expect(seal("text", SECRET, "at-rest")).not.toBe(seal("text", SECRET, "at-rest"));
});

test("a box that was changed anywhere does not open", () => {
  const [version = "", iv = "", sealed = ""] = seal("a private key", SECRET, "at-rest").split(".");
  const flipped = (text: string) =>
    Array.from(Buffer.from(text, "base64url"), (_, index) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      return bytes.toString("base64url");
    });
  const others = [
    ...flipped(iv).map((each) => [version, each, sealed]),
    ...flipped(sealed).map((each) => [version, iv, each]),
    ["v2", iv, sealed],
    [version, iv, sealed.slice(0, 8)],
    [version, iv],
    [version, "", sealed],
    [""],
  ];
  expect(others.length).toBeGreaterThan(40);
  for (const parts of others) expect(unseal(parts.join("."), SECRET, "at-rest")).toBeUndefined();
});
