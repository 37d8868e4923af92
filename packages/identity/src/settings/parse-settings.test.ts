import { describe, expect, test } from "vitest";
import { defineConfig, type HallpassConfig } from "./config.ts";
import { parseSettings } from "./parse-settings.ts";
import { SettingsError, type SettingsProblem } from "./settings-error.ts";

const bookstore = defineConfig({
  permissions: { "create:books": "Add a book" },
  roles: { editor: { name: "Editor", permissions: ["create:books"] } },
  flags: { theme: { type: "string", value: "classic" }, beta: { type: "boolean", value: false } },
  organizations: [{ code: "org_bookstore", name: "Bookstore", flags: { beta: true } }],
  users: [
    {
      email: "ada@bookstore.example",
      password: "an engine of analysis",
      organizations: [{ code: "org_bookstore", roles: ["editor"] }],
      flags: { theme: "dark" },
    },
  ],
  apis: [{ audience: "https://api.bookstore.example" }],
  applications: [
    { clientId: "bookstore-web", type: "spa", redirectUris: ["http://localhost:4302/callback"] },
  ],
  defaults: { organization: "org_bookstore", roles: ["editor"] },
});

function problemsIn(config: unknown): readonly SettingsProblem[] {
  try {
    parseSettings(config as HallpassConfig);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("a good configuration", () => {
  test("is completed with its defaults", () => {
    const settings = parseSettings(bookstore);
    expect(settings).toMatchObject({
      issuer: "http://localhost:4300",
      permissions: [{ key: "create:books", description: "Add a book" }],
      apis: [
        { audience: "https://api.bookstore.example", name: "https://api.bookstore.example", scopes: [] },
      ],
      applications: [
        {
          clientId: "bookstore-web",
          name: "bookstore-web",
          homeUri: "http://localhost:4302",
          postLogoutRedirectUris: [],
        },
      ],
      lifetimes: {
        accessToken: 3600,
        idToken: 3600,
        refreshToken: 1_296_000,
        session: 1_296_000,
        interaction: 3600,
      },
    });
  });

  test("gives those who create an organization the roles of newcomers, unless it names others", () => {
    const roles = { editor: { permissions: [] }, reader: { permissions: [] } };
    const organizations = [{ code: "org_a", name: "A" }];
    const defaults = { organization: "org_a", roles: ["reader"] };
    expect(parseSettings({ roles, organizations, defaults }).defaults.creatorRoles).toEqual(["reader"]);
    const own = { ...defaults, creatorRoles: ["editor"] };
    expect(parseSettings({ roles, organizations, defaults: own }).defaults.creatorRoles).toEqual(["editor"]);
    expect(parseSettings({ roles, defaults: { creatorRoles: ["editor"] } }).defaults).toMatchObject({
      organization: null,
      creatorRoles: ["editor"],
    });
  });

  test("may be empty", () => {
    expect(parseSettings({})).toMatchObject({ users: [], defaults: { organization: null, roles: [] } });
  });

  test.each([
    "http://localhost:4302",
    "http://127.0.0.1:80/cb",
    "http://[::1]:3000",
    "https://shop.example/cb?x=1",
  ])("may return to %s", (uri) => {
    expect(problemsIn({ applications: [{ clientId: "a", type: "spa", redirectUris: [uri] }] })).toEqual([]);
  });
});

describe("each mistake is named with its place, what was found and the fix", () => {
  test.each<[string, unknown, Partial<SettingsProblem>]>([
    [
      "nothing exported",
      undefined,
      { path: "the configuration", found: "nothing", fix: expect.stringContaining("export default") },
    ],
    ["a promise", Promise.resolve({}), { found: "a promise" }],
    ["an unknown section", { aplications: [] }, { path: "aplications", fix: 'Did you mean "applications"?' }],
    ["a section in another shape", { users: {} }, { path: "users", found: "an object", expected: "a list" }],
    ["a list where keys belong", { permissions: [] }, { path: "permissions", expected: "an object" }],
    [
      "an unknown permission in a role",
      { permissions: { "create:books": "" }, roles: { editor: { permissions: ["create:book"] } } },
      { path: "roles.editor.permissions[0]", found: '"create:book"', fix: 'Did you mean "create:books"?' },
    ],
    [
      "a redirect URI that is no URL",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["/callback"] }] },
      { path: "applications[0].redirectUris[0]", found: '"/callback"', expected: "an absolute URL" },
    ],
    [
      "a redirect URI without its scheme",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["localhost:4302"] }] },
      { fix: 'Write the whole address. Did you mean "http://localhost:4302"?' },
    ],
    [
      "a script as a redirect URI",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["javascript:alert(1)"] }] },
      { expected: "a URL that begins with https:// or http://" },
    ],
    [
      "a wildcard",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["https://*.shop.example"] }] },
      { expected: "one exact address" },
    ],
    [
      "http on another machine",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["http://shop.example/cb"] }] },
      { fix: 'Write "https://shop.example/cb".' },
    ],
    [
      "a fragment",
      { applications: [{ clientId: "a", type: "spa", redirectUris: ["https://shop.example/#/cb"] }] },
      { fix: 'Write "https://shop.example/".' },
    ],
    [
      "no way back for a browser application",
      { applications: [{ clientId: "a", type: "spa" }] },
      { path: "applications[0].redirectUris", found: "no address" },
    ],
    [
      "a mistyped setting inside an entry",
      { applications: [{ clientId: "a", type: "spa", redirect_uri: "x" }] },
      { path: "applications[0].redirect_uri", fix: 'Did you mean "redirectUris"?' },
    ],
    [
      "an unknown type of application",
      { applications: [{ clientId: "a", type: "SPA", redirectUris: ["http://localhost"] }] },
      { path: "applications[0].type", found: '"SPA"', fix: 'Did you mean "spa"?' },
    ],
    [
      "a missing value",
      { apis: [{ name: "Books" }] },
      { path: "apis[0].audience", found: "nothing", fix: "Add audience." },
    ],
    [
      "a flag of another type than its value",
      { flags: { limit: { type: "integer", value: 1.5 } } },
      { path: "flags.limit.value", found: "1.5", expected: expect.stringContaining("a whole number") },
    ],
    [
      "an override of another type than the flag",
      {
        flags: { beta: { type: "boolean", value: true } },
        organizations: [{ code: "o", name: "O", flags: { beta: "yes" } }],
      },
      { path: "organizations[0].flags.beta", found: '"yes"' },
    ],
    [
      "an unknown flag",
      {
        flags: { theme: { type: "string", value: "" } },
        users: [{ email: "a@b.example", password: "p", flags: { them: "x" } }],
      },
      { path: "users[0].flags.them", fix: 'Did you mean "theme"?' },
    ],
    [
      "a user in an unknown organization",
      {
        organizations: [{ code: "org_a", name: "A" }],
        users: [{ email: "a@b.example", password: "p", organizations: [{ code: "org_b" }] }],
      },
      { path: "users[0].organizations[0].code", found: '"org_b"' },
    ],
    [
      "a user with an unknown role",
      {
        organizations: [{ code: "org_a", name: "A" }],
        users: [{ email: "a@b.example", password: "p", organizations: [{ code: "org_a", roles: ["boss"] }] }],
      },
      { path: "users[0].organizations[0].roles[0]", fix: 'Add it to "roles", or remove it here.' },
    ],
    [
      "an address that is none",
      { users: [{ email: "ada", password: "p" }] },
      { path: "users[0].email", found: '"ada"' },
    ],
    [
      "the same audience twice",
      { apis: [{ audience: "books" }, { audience: "books" }] },
      { path: "apis[1].audience", fix: expect.stringContaining("apis[0]") },
    ],
    [
      "the same address in two spellings",
      {
        users: [
          { email: "ada@b.example", password: "p" },
          { email: "Ada@B.example", password: "p" },
        ],
      },
      { path: "users[1].email" },
    ],
    [
      "default roles without an organization",
      { roles: { reader: { permissions: [] } }, defaults: { roles: ["reader"] } },
      { path: "defaults.organization" },
    ],
    [
      "a role of creators that does not exist",
      { roles: { reader: { permissions: [] } }, defaults: { creatorRoles: ["raeder"] } },
      { path: "defaults.creatorRoles[0]", fix: 'Did you mean "reader"?' },
    ],
    [
      "an application that needs an organization sometimes",
      {
        applications: [
          { clientId: "a", type: "spa", redirectUris: ["http://localhost:4302"], organization: "sometimes" },
        ],
      },
      { path: "applications[0].organization" },
    ],
    [
      "a lifetime that is not in seconds",
      { lifetimes: { accessToken: "1h" } },
      { path: "lifetimes.accessToken", found: '"1h"', expected: "a number" },
    ],
    ["a lifetime of nothing", { lifetimes: { idToken: 0 } }, { expected: "seconds between 1 and 86400" }],
    ...[0, 366, 1.5].map((rotateAfter): [string, object, object] => [
      `keys that are replaced after ${rotateAfter} days`,
      { keys: { rotateAfter } },
      { path: "keys.rotateAfter", expected: "whole days between 1 and 365" },
    ]),
    [
      "an algorithm that keys are not made for",
      { apis: [{ audience: "a", signingAlgorithm: "HS256" }] },
      {
        path: "apis[0].signingAlgorithm",
        found: '"HS256"',
        expected: expect.stringMatching(/RS256.*ES256.*EdDSA/),
      },
    ],
    [
      "an issuer with a final slash",
      { issuer: "http://localhost:4300/" },
      { fix: 'Write "http://localhost:4300".' },
    ],
    ["a face that nobody has", { face: "okta" }, { path: "face", found: '"okta"' }],
    [
      "a cookie domain that the issuer is not in",
      { issuer: "https://auth.example.com", cookieDomain: "evilexample.com" },
      { path: "cookieDomain", expected: expect.stringContaining("auth.example.com") },
    ],
    ...["com", "co.uk", "vercel.app", "github.io", ".example.com", "Example.com", "10.0.0.1", "a b.com"].map(
      (domain): [string, unknown, object] => [
        `the cookie domain ${domain}`,
        { cookieDomain: domain },
        { path: "cookieDomain", fix: expect.stringContaining('"example.com"') },
      ],
    ),
    [
      "a value of a property that is not there",
      { users: [{ email: "a@b.example", password: "p", properties: { city: "Paris" } }] },
      { path: "users[0].properties.city", found: '"city"' },
    ],
    [
      "a property of users at an organization",
      {
        properties: { city: { of: "user" } },
        organizations: [{ code: "org_a", name: "A", properties: { city: "Paris" } }],
      },
      { path: "organizations[0].properties.city", expected: 'a property whose "of" is "organization"' },
    ],
    ["a property of nobody", { properties: { city: {} } }, { path: "properties.city.of" }],
    ["a key with a space", { permissions: { "create books": "" } }, { path: 'permissions["create books"]' }],
  ])("%s", (_, config, expected) => {
    const problems = problemsIn(config);
    expect(problems, JSON.stringify(problems)).toHaveLength(1);
    expect(problems[0]).toMatchObject(expected);
  });

  test("and all of them at once, in one message", () => {
    const config = {
      roles: { editor: { permissions: ["nope"] } },
      applications: [{ clientId: "a", type: "spa", redirectUris: ["nope"] }],
      apis: [{ audience: "" }],
      extra: true,
    };
    const problems = problemsIn(config);
    expect(problems.map(({ path }) => path).sort()).toEqual([
      "apis[0].audience",
      "applications[0].redirectUris[0]",
      "extra",
      "roles.editor.permissions[0]",
    ]);
    expect(() => parseSettings(config as HallpassConfig)).toThrow(
      /4 problems:[\s\S]*roles\.editor\.permissions\[0\]: found "nope", expected a permission/,
    );
  });

  test("an entry with a mistake of its own still defines its name", () => {
    const problems = problemsIn({
      roles: { editor: { name: "", permissions: [] } },
      organizations: [{ code: "org_a", name: 1 }],
      defaults: { organization: "org_a", roles: ["editor"] },
    });
    expect(problems.map(({ path }) => path)).toEqual(["roles.editor.name", "organizations[0].name"]);
  });

  test("no password stands in a message", () => {
    const secret = "hunter2-hunter2-hunter2".repeat(100);
    const config = { users: [{ email: "a@b.example", password: secret }] };
    expect(() => parseSettings(config)).toThrow(/users\[0\]\.password: found a text/);
    expect(() => parseSettings(config)).not.toThrow(/hunter2/);
  });
});
