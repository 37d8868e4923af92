import { describe, expect, test } from "vitest";
import { safeReturnTo } from "./return-to.ts";

describe("safeReturnTo", () => {
  test.each(["/", "/books", "/books/3?sort=year&q=%2F%2Fa#reviews", "/a//b", "/café"])("keeps %j", (path) => {
    expect(safeReturnTo(path)).toBe(path);
  });

  test.each([
    "",
    "books",
    "//evil.example",
    "/..//evil.example",
    "/books/.././/evil.example",
    "/%2e%2E//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/a\u0000b",
    " //evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    undefined,
    null,
    7,
    ["/books"],
    { toString: () => "/books" },
  ])("makes / of %j", (path) => {
    expect(safeReturnTo(path)).toBe("/");
  });

  test("never leads to another origin, whatever the browser makes of it", () => {
    for (const path of ["/", "//", "/\\", "/\t", "/\r", "/./", "/../", "/%09/", "/;"]) {
      for (const rest of [
        "/evil.example",
        "\\evil.example",
        "evil.example",
        "@evil.example",
        ":80@evil.example",
      ]) {
        expect(new URL(safeReturnTo(path + rest), "https://app.example").origin).toBe("https://app.example");
      }
    }
  });
});
