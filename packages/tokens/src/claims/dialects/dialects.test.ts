import { describe, expect, it } from "vitest";
import type { JwtClaims } from "../jwt-claims.ts";
import { auth0 } from "./auth0.ts";
import { dialectFor, dialects } from "./index.ts";
import { kinde } from "./kinde.ts";
import { oauth } from "./oauth.ts";

describe("dialectFor", () => {
  it.each([
    ["https://bookstore.kinde.com", "kinde"],
    ["bookstore.kinde.com/", "kinde"],
    ["https://BOOKSTORE.KINDE.COM", "kinde"],
    ["https://bookstore.eu.auth0.com/", "auth0"],
    ["https://id.bookstore.example/realms/books", "keycloak"],
    ["https://id.bookstore.example/auth/realms/books/", "keycloak"],
    ["https://id.bookstore.example/realms/books/more", "unrecognised"],
    ["https://login.microsoftonline.com/tenant/v2.0", "entra"],
    ["https://login.microsoftonline.us/tenant/v2.0", "entra"],
    ["https://bookstore.ciamlogin.com/tenant/v2.0", "entra"],
    ["https://sts.windows.net/tenant/", "entra"],
    ["https://evil-sts.windows.net/tenant/", "unrecognised"],
    ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x", "cognito"],
    ["https://cognito-idp.eu-west-1.amazonaws.com.evil.example/x", "unrecognised"],
    ["https://bookstore.logto.app/oidc", "logto"],
    ["https://clerk.bookstore.example", "clerk"],
    ["https://bookstore-12.clerk.accounts.dev", "clerk"],
    ["https://notclerk.bookstore.example", "unrecognised"],
    ["https://bookstore.okta.com/oauth2/default", "okta"],
    ["https://bookstore.oktapreview.com", "okta"],
    ["https://bookstore-okta.com", "unrecognised"],
    ["http://localhost:4300", "unrecognised"],
    ["https://id.bookstore.example", "unrecognised"],
    ["https://kinde.com.evil.example", "unrecognised"],
    ["https://evilkinde.com", "unrecognised"],
    ["https://evil.example/.kinde.com", "unrecognised"],
    ["", "unrecognised"],
  ])("%s: %s", (issuer, name) => {
    expect(dialectFor(issuer).name).toBe(name);
  });

  it("reads Kinde's, Auth0's and plain claims of an issuer that is not recognised", () => {
    const dialect = dialectFor("https://id.bookstore.example");
    expect(dialect.organization({ org_code: "org_1" })).toBe("org_1");
    expect(dialect.organization({ org_id: "org_2" })).toBe("org_2");
    expect(dialect.scopes({ scp: ["a", "b"] })).toEqual(["a", "b"]);
    expect(dialect.scopes({ scope: "a b" })).toEqual(["a", "b"]);
    expect(dialect.roles({ "https://bookstore.example/roles": ["admin"] })).toEqual([{ key: "admin" }]);
    expect(dialect.flags({ "https://bookstore.example/feature_flags": { dark: true } }).get("dark")).toBe(
      true,
    );
    expect(dialect.organizations({ org_codes: ["org_1", "org_2"] })).toEqual(["org_1", "org_2"]);
    expect(dialect.organizations({ org_id: "org_1" })).toEqual(["org_1"]);
  });
});

describe("Kinde's dialect", () => {
  it("reads the Hasura names where the others are absent", () => {
    const claims: JwtClaims = {
      "x-hasura-permissions": ["read:books"],
      "x-hasura-org-code": "org_1",
      "x-hasura-org-codes": ["org_1"],
      "x-hasura-roles": [{ id: "1", key: "admin", name: "Admin" }],
      "x-hasura-feature-flags": { theme: { t: "s", v: "pink" } },
    };
    expect(kinde.permissions(claims)).toEqual(["read:books"]);
    expect(kinde.organization(claims)).toBe("org_1");
    expect(kinde.organizations(claims)).toEqual(["org_1"]);
    expect(kinde.roles(claims)).toEqual([{ id: "1", key: "admin", name: "Admin" }]);
    expect(kinde.flags(claims).get("theme")).toBe("pink");
  });

  it("reads the scopes of a machine's token, which has both spellings", () => {
    expect(kinde.scopes({ scope: "a b", scp: ["a", "b"] })).toEqual(["a", "b"]);
  });
});

describe("Auth0's dialect", () => {
  it("finds roles and flags under any namespace, and only there", () => {
    expect(auth0.roles({ "https://any.example/roles": ["admin"] })).toEqual([{ key: "admin" }]);
    expect(auth0.roles({ "some/roles": ["admin"] })).toEqual([]);
    expect(auth0.flags({ "https://any.example/feature_flags": { theme: "pink" } }).get("theme")).toBe("pink");
  });

  it("reads permissions, scope and organization", () => {
    const claims: JwtClaims = { permissions: ["read:books"], scope: "openid read:books", org_id: "org_9" };
    expect(auth0.permissions(claims)).toEqual(["read:books"]);
    expect(auth0.scopes(claims)).toEqual(["openid", "read:books"]);
    expect(auth0.organization(claims)).toBe("org_9");
    expect(auth0.organizations({})).toEqual([]);
  });
});

describe("plain OAuth", () => {
  it("splits the scope at spaces", () => {
    expect(oauth.scopes({ scope: " openid  email " })).toEqual(["openid", "email"]);
    expect(oauth.scopes({})).toEqual([]);
  });

  it("reads flags that are written plainly", () => {
    expect(oauth.flags({ feature_flags: { theme: "pink", bad: null } })).toEqual(
      new Map([["theme", "pink"]]),
    );
  });
});

describe("every dialect", () => {
  const odd: unknown[] = [
    null,
    5,
    "text",
    true,
    [],
    [1, null, {}],
    {},
    { a: 1 },
    { roles: 5 },
    [[["x"]]],
    { v: {} },
  ];
  const names = [
    ..."permissions roles scope scp org_id org_code org_codes feature_flags realm_access resource_access".split(
      " ",
    ),
    ..."organization authorization tid appid cid groups cognito:groups organization_id organizations aud".split(
      " ",
    ),
    ..."organization_roles o fea org_role org_permissions x-hasura-roles https://x.example/roles".split(" "),
  ];

  it.each([...dialects.values(), dialectFor("")].map((dialect) => [dialect.name, dialect] as const))(
    "takes whatever stands in its claims for nothing: %s",
    (_, dialect) => {
      for (const name of names) {
        for (const value of [
          ...odd,
          { permissions: odd },
          { roles: odd },
          { per: 5, fpm: [], id: {}, rol: 1 },
        ]) {
          const claims = { [name]: value } as JwtClaims;
          for (const list of [
            dialect.permissions(claims),
            dialect.scopes(claims),
            dialect.roles(claims).map(({ key }) => key),
            dialect.organizations(claims),
          ]) {
            expect(list.every((item) => typeof item === "string" && item !== "")).toBe(true);
          }
          expect(["string", "undefined"]).toContain(typeof dialect.organization(claims));
          expect(["string", "undefined"]).toContain(typeof dialect.client?.(claims));
          expect(dialect.flags(claims)).toBeInstanceOf(Map);
        }
      }
    },
  );
});
