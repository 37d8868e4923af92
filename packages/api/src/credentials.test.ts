import { describe, expect, it } from "vitest";
import { readCredentials } from "./credentials.ts";

function read(...headers: string[]): string {
  const credentials = readCredentials(headers, "/books");
  return credentials.kind === "bearer" ? `token ${credentials.token}` : credentials.refusal.code;
}

describe("the Authorization header", () => {
  it.each([
    ["Bearer abc.def.ghi", "token abc.def.ghi"],
    ["bearer abc", "token abc"],
    ["BEARER  abc  ", "token abc"],
    ["Bearer a-._~+/==", "token a-._~+/=="],
    ["Bearer ", "bearer_token_empty"],
    ["Bearer =", "authorization_malformed"],
    ["Bearer a=b", "authorization_malformed"],
    ["Bearer a b", "authorization_malformed"],
    ["Bearer\u00a0abc", "authorization_malformed"],
    ["Bearer abc\u0000", "authorization_malformed"],
    ["Bearer a,b", "authorization_repeated"],
    ['Bearer {"a":1,"b":2}', "authorization_malformed"],
    ["Token abc", "scheme_unsupported"],
    ["Bearertoken abc", "scheme_unsupported"],
    ["abc", "authorization_malformed"],
    ["eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "authorization_malformed"],
    ["eyJhbGciOiJSUzI1NiJ9.e30.c2ln more", "authorization_malformed"],
  ])("%j gives %s", (header, expected) => {
    expect(read(header)).toBe(expected);
  });

  it("must be there once", () => {
    expect(read()).toBe("token_missing");
    expect(read("Bearer abc", "Bearer abc")).toBe("authorization_repeated");
    expect(read("Bearer abc", "")).toBe("authorization_repeated");
  });

  it("is read in no more time when it is made to be slow", () => {
    const started = performance.now();
    for (const unit of ["a", "=", " ", ",", "a=", ", a", "a "]) {
      read(`Bearer ${unit.repeat(32_000 / unit.length)}!`);
    }
    read(`Bearer ${"a".repeat(50_000_000)}`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("names only schemes that everybody knows, as anything else may be a secret", () => {
    const credentials = readCredentials(["s3cr3tPassw0rd1234 abc"], "/");
    expect(JSON.stringify(credentials)).not.toContain("s3cr3t");
  });

  it("hints at the wrong place when the query has a token", () => {
    const refused = readCredentials([], "/books?access_token=secret");
    expect(JSON.stringify(refused)).toMatch(/in the query is ignored/);
    expect(JSON.stringify(refused)).not.toContain("secret");
    expect(JSON.stringify(readCredentials([], "/books?no_access_token=1"))).not.toContain("query");
  });
});
