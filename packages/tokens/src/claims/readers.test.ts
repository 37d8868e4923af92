import { describe, expect, expectTypeOf, it } from "vitest";
import { ClaimError } from "./claim-error.ts";
import type { JwtClaims } from "./jwt-claims.ts";
import { type ClaimSources, createClaimReaders } from "./readers.ts";

const access: JwtClaims = {
  iss: "https://bookstore.kinde.com",
  sub: "kp_1",
  aud: ["api.bookstore.example"],
  org_code: "org_1234",
  permissions: ["create:books", "read:books"],
  roles: [{ id: "1", key: "admin", name: "Admin" }],
  feature_flags: {
    theme: { t: "s", v: "pink" },
    is_dark_mode: { t: "b", v: true },
    competitions_limit: { t: "i", v: 5 },
    limit_zero: { t: "i", v: 0 },
  },
};

const idToken: JwtClaims = {
  sub: "kp_1",
  given_name: "David",
  family_name: "Smith",
  email: "david@bookstore.example",
  picture: "https://bookstore.example/david.png",
  org_codes: ["org_1234", "org_abcd"],
};

const readers = (sources: ClaimSources = { accessToken: access, idToken }) => createClaimReaders(sources);

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ClaimError);
    return (error as ClaimError).code;
  }
  throw new Error("nothing was thrown");
}

describe("the claims readers", () => {
  it("read any claim of either token by its name", () => {
    expect(readers().getClaim("aud")).toEqual({ name: "aud", value: ["api.bookstore.example"] });
    expect(readers().getClaim("given_name", "id_token")).toEqual({ name: "given_name", value: "David" });
    expect(readers().getClaim("given_name")).toEqual({ name: "given_name", value: null });
  });

  it("do not find what every object has", () => {
    expect(readers().getClaim("constructor").value).toBeNull();
    expect(readers().getClaim("__proto__").value).toBeNull();
  });

  it("tell whether a permission is granted, and in which organization", () => {
    expect(readers().getPermission("create:books")).toEqual({ orgCode: "org_1234", isGranted: true });
    expect(readers().getPermission("delete:books")).toEqual({ orgCode: "org_1234", isGranted: false });
    expect(readers().getPermissions()).toEqual({
      orgCode: "org_1234",
      permissions: ["create:books", "read:books"],
    });
  });

  it("give roles with key, name and id, also from a plain list of keys", () => {
    expect(readers().getRoles()).toEqual([{ id: "1", key: "admin", name: "Admin" }]);
    expect(readers({ accessToken: { roles: ["editor"] } }).getRoles()).toEqual([{ key: "editor" }]);
  });

  it("give the organization of the access token and all of the ID token", () => {
    expect(readers().getOrganization()).toEqual({ orgCode: "org_1234" });
    expect(readers().getUserOrganizations()).toEqual({ orgCodes: ["org_1234", "org_abcd"] });
    expect(readers().getOrganizations()).toEqual({ orgCodes: ["org_1234", "org_abcd"] });
  });

  it("give the user's details, with null for what the issuer did not say", () => {
    expect(readers().getUserDetails()).toEqual({
      id: "kp_1",
      givenName: "David",
      familyName: "Smith",
      email: "david@bookstore.example",
      picture: "https://bookstore.example/david.png",
    });
    expect(readers({ idToken: { sub: "kp_2" } }).getUserDetails()).toEqual({
      id: "kp_2",
      givenName: null,
      familyName: null,
      email: null,
      picture: null,
    });
  });

  it("give empty answers for a token without permissions, roles, organization and flags", () => {
    const bare = readers({ accessToken: { sub: "x" } });
    expect(bare.getPermissions()).toEqual({ orgCode: null, permissions: [] });
    expect(bare.getPermission("create:books")).toEqual({ orgCode: null, isGranted: false });
    expect(bare.getRoles()).toEqual([]);
    expect(bare.getOrganization()).toEqual({ orgCode: null });
  });

  it.each<[string, JwtClaims]>([
    ["text", { permissions: "create:books", roles: "admin", feature_flags: "theme", org_code: 5 }],
    ["null", { permissions: null, roles: null, feature_flags: null, org_code: null }],
    [
      "lists of other things",
      { permissions: [1, null], roles: [1, {}, null], feature_flags: [1], org_code: [] },
    ],
  ])("take %s in place of a list or object for nothing", (_, claims) => {
    const odd = readers({ accessToken: claims });
    expect(odd.getPermissions()).toEqual({ orgCode: null, permissions: [] });
    expect(odd.getRoles()).toEqual([]);
    expect(codeOf(() => odd.getFlag("theme"))).toBe("flag_missing");
  });

  it("hand out copies", () => {
    const all = readers();
    all.getPermissions().permissions.push("delete:books");
    all.getRoles().pop();
    expect(all.getPermission("delete:books").isGranted).toBe(false);
    expect(all.getRoles()).toHaveLength(1);
  });

  it("may be taken out of their object", () => {
    const { getPermission, getOrganizations } = readers();
    expect(getPermission("create:books").isGranted).toBe(true);
    expect(getOrganizations().orgCodes).toHaveLength(2);
  });

  it.each([
    ["getUserDetails", (r: ReturnType<typeof readers>) => r.getUserDetails()],
    ["getUserOrganizations", (r: ReturnType<typeof readers>) => r.getUserOrganizations()],
    ["getOrganizations", (r: ReturnType<typeof readers>) => r.getOrganizations()],
    ["getClaim of the ID token", (r: ReturnType<typeof readers>) => r.getClaim("email", "id_token")],
  ])("%s says that it needs the ID token and names userinfo", (_, read) => {
    const only = readers({ accessToken: access });
    expect(codeOf(() => read(only))).toBe("id_token_unavailable");
    expect(() => read(only)).toThrow(/userinfo/);
  });

  it("refuse a dialect that they do not know", () => {
    expect(() => readers({ accessToken: access, dialect: "klingon" as "kinde" })).toThrow(
      /'klingon' is not known.*kinde/,
    );
  });
});

describe("feature flags", () => {
  it("are read with their type", () => {
    expect(readers().getFlag("theme")).toEqual({
      code: "theme",
      type: "string",
      value: "pink",
      isDefault: false,
    });
    expect(readers().getFlag("is_dark_mode")).toEqual({
      code: "is_dark_mode",
      type: "boolean",
      value: true,
      isDefault: false,
    });
    expect(readers().getIntegerFlag("limit_zero", 7)).toBe(0);
  });

  it("fall back to the default, and say so", () => {
    expect(readers().getFlag("create_competition", { defaultValue: false })).toEqual({
      code: "create_competition",
      type: "boolean",
      value: false,
      isDefault: true,
    });
    expect(readers().getFlag("limit", { defaultValue: 3, type: "i" }).type).toBe("integer");
  });

  it("are an error without value and default", () => {
    expect(codeOf(() => readers().getFlag("new_feature"))).toBe("flag_missing");
    expect(codeOf(() => readers().getBooleanFlag("new_feature"))).toBe("flag_missing");
    expect(codeOf(() => readers().getFlag("toString"))).toBe("flag_missing");
  });

  it.each(["string", "s"] as const)("are an error when of another type than %s", (type) => {
    // @ts-expect-error a default of another type
    expect(codeOf(() => readers().getFlag("competitions_limit", { defaultValue: 3, type }))).toBe(
      "flag_type_wrong",
    );
    expect(() => readers().getFlag("competitions_limit", { type })).toThrow(
      'Flag "competitions_limit" is type integer - requested type string',
    );
  });

  it.each<[string, () => unknown, string]>([
    ["getFlag", () => readers().getFlag("is_dark_mode", { type: "i" }), "boolean - requested type integer"],
    [
      "getFlag",
      () => readers().getFlag("theme", { type: "b", defaultValue: true }),
      "string - requested type boolean",
    ],
    ["getBooleanFlag", () => readers().getBooleanFlag("theme", false), "string - requested type boolean"],
    ["getStringFlag", () => readers().getStringFlag("is_dark_mode"), "boolean - requested type string"],
    ["getIntegerFlag", () => readers().getIntegerFlag("is_dark_mode", 1), "boolean - requested type integer"],
  ])("%s of another type says the flag's true type in the one text for it", (_, read, types) => {
    expect(codeOf(read)).toBe("flag_type_wrong");
    expect(read).toThrow(new RegExp(`^Flag "\\w+" is type ${types}$`));
  });

  it.each([false, 0, ""] as const)("take the default %j, too", (defaultValue) => {
    expect(readers().getFlag("new_feature", { defaultValue })).toMatchObject({
      value: defaultValue,
      isDefault: true,
    });
  });

  it("of their wrappers, too", () => {
    expect(readers().getBooleanFlag("new_feature", false)).toBe(false);
    expect(readers().getStringFlag("new_feature", "")).toBe("");
    expect(readers().getIntegerFlag("new_feature", 0)).toBe(0);
  });

  it.each([
    ["s", "string", "pink"],
    ["b", "boolean", true],
    ["i", "integer", 3],
  ] as const)(
    "may be asked for by the letter %s, and the default's result has that type",
    (letter, type, value) => {
      for (const asked of [letter, type]) {
        expect(readers().getFlag("new_feature", { type: asked, defaultValue: value as never })).toEqual({
          code: "new_feature",
          type,
          value,
          isDefault: true,
        });
      }
      expect(readers().getFlag("new_feature", { defaultValue: value }).type).toBe(type);
    },
  );

  it("ignore the default when the flag is there", () => {
    expect(readers().getFlag("theme", { defaultValue: "blue" })).toMatchObject({
      value: "pink",
      isDefault: false,
    });
    expect(readers().getFlag("theme", { defaultValue: 3 })).toMatchObject({ type: "string", value: "pink" });
  });

  it("believe the value, not the letter that stands beside it", () => {
    const odd = readers({ accessToken: { feature_flags: { limit: { t: "s", v: 5 }, none: { t: "s" } } } });
    expect(odd.getIntegerFlag("limit")).toBe(5);
    expect(codeOf(() => odd.getFlag("none"))).toBe("flag_missing");
  });

  it("have types: a default of another type does not compile", () => {
    const { getFlag, getBooleanFlag, getStringFlag, getIntegerFlag } = readers();
    const types = (): void => {
      expectTypeOf(getFlag("theme", { type: "s" }).value).toEqualTypeOf<string>();
      expectTypeOf(getFlag("theme", { type: "boolean" }).value).toEqualTypeOf<boolean>();
      expectTypeOf(getFlag("theme", { type: "i", defaultValue: 3 }).value).toEqualTypeOf<number>();
      expectTypeOf(getFlag("theme").value).toEqualTypeOf<string | boolean | number>();
      // @ts-expect-error a boolean flag has a boolean default
      getBooleanFlag("x", "yes");
      // @ts-expect-error a string flag has a string default
      getStringFlag("x", false);
      // @ts-expect-error an integer flag has a numeric default
      getIntegerFlag("x", "1");
      // @ts-expect-error the default must be of the type asked for
      getFlag("x", { type: "s", defaultValue: 3 });
      // @ts-expect-error the default must be of the type asked for
      getFlag("x", { type: "boolean", defaultValue: "yes" });
      // @ts-expect-error there is no such type
      getFlag("x", { type: "float" });
    };
    expectTypeOf(types).toBeFunction();
  });

  it("have a reader for each type", () => {
    expect(readers().getBooleanFlag("is_dark_mode")).toBe(true);
    expect(readers().getBooleanFlag("new_feature", false)).toBe(false);
    expect(codeOf(() => readers().getBooleanFlag("theme", false))).toBe("flag_type_wrong");
    expect(readers().getStringFlag("theme")).toBe("pink");
    expect(readers().getStringFlag("cta_color", "blue")).toBe("blue");
    expect(codeOf(() => readers().getStringFlag("is_dark_mode", "no"))).toBe("flag_type_wrong");
    expect(readers().getIntegerFlag("competitions_limit", 3)).toBe(5);
    expect(readers().getIntegerFlag("team_count", 2)).toBe(2);
    expect(codeOf(() => readers().getIntegerFlag("team_count"))).toBe("flag_missing");
    expect(codeOf(() => readers().getIntegerFlag("is_dark_mode", 1))).toBe("flag_type_wrong");
  });
});
