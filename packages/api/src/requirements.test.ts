import { describe, expect, it } from "vitest";
import { checkRequirements } from "./requirements.ts";

describe("requirements that cannot be meant", () => {
  it.each([
    [{ permision: ["a"] }, /guard: permision is not a requirement\. Known ones: permissions, scopes/],
    [{ permissions: undefined }, /guard: permissions is undefined/],
    [{ permissions: "create:books" }, /guard: permissions must be a list of at least one name/],
    [{ permissions: [] }, /guard: permissions must be a list of at least one name/],
    [{ permissions: [undefined] }, /guard: permissions must be a list/],
    [{ scopes: ["read write"] }, /guard: scopes: 'read write' is not one scope/],
    [{ roles: [""] }, /guard: roles must be a list/],
    [{ organization: false }, /guard: organization must be true/],
    [{ organization: "" }, /guard: organization must be true/],
    [{ flags: [] }, /guard: flags must be a list/],
    [{ flags: { theme: null } }, /guard: flags must be a list/],
    [{ where: "sub" }, /guard: where must be a function/],
    [{ anyOf: [] }, /guard: anyOf must be a list of at least one alternative/],
    [{ anyOf: [{ roles: ["a"] }, {}] }, /guard: anyOf\[1\] requires nothing/],
    [{ anyOf: [{ rolez: ["a"] }] }, /guard: anyOf\[0\]: rolez is not a requirement/],
    ["create:books", /guard: expected an object such as/],
    [null, /guard: expected an object such as/],
    [["create:books"], /guard: expected an object such as/],
  ])("%j is refused when the guard is made", (requirements, message) => {
    expect(() => checkRequirements(requirements)).toThrow(message);
    expect(() => checkRequirements(requirements)).toThrow(TypeError);
  });

  it("are the only ones that are refused", () => {
    checkRequirements({});
    checkRequirements({
      permissions: ["a b", "läsa"],
      scopes: ["read", "urn:x"],
      roles: ["editor"],
      organization: "org_a",
      flags: { theme: "dark", limit: 0, beta: false },
      where: () => true,
      anyOf: [{ organization: true }, { flags: ["beta"] }],
    });
  });
});
