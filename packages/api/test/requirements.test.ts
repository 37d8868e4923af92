import { createTestIssuer, type TestIssuer, type TokenOverrides } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GuardRequirements } from "../src/index.ts";
import { send } from "./exchange.ts";
import { type Api, frameworks } from "./frameworks.ts";

/** One line each: what the endpoint requires, what the token has, and the answer. */
const table: readonly [
  title: string,
  requirements: GuardRequirements,
  token: TokenOverrides,
  answer: "200" | [code: string, description: RegExp],
][] = [
  ["nothing", {}, {}, "200"],
  ["a permission it has", { permissions: ["read"] }, { permissions: ["read", "write"] }, "200"],
  [
    "a permission it lacks",
    { permissions: ["read", "create:books"] },
    { permissions: ["read"] },
    ["permission_missing", /^The token lacks the permission create:books\. Give the user a role/],
  ],
  [
    "permissions where there are none",
    { permissions: ["a", "b"] },
    {},
    ["permission_missing", /lacks the permissions a, b \(it has no permissions at all\)/],
  ],
  [
    "a permission that the token's only begins with",
    { permissions: ["read"] },
    { permissions: ["read:books"] },
    ["permission_missing", /lacks the permission read\./],
  ],
  ["a scope it has", { scopes: ["books"] }, { scopes: ["openid", "books"] }, "200"],
  [
    "a scope it lacks",
    { scopes: ["openid", "books"] },
    { scopes: ["openid"] },
    ["scope_missing", /lacks the scope books\. Ask for it/],
  ],
  ["a role it has", { roles: ["editor"] }, { roles: ["editor"] }, "200"],
  [
    "a role it lacks",
    { roles: ["admin"] },
    { roles: ["editor"] },
    ["role_missing", /lacks the role admin\. Give the user that role/],
  ],
  ["any organization", { organization: true }, { organization: "org_a" }, "200"],
  [
    "any organization, for none",
    { organization: true },
    {},
    ["organization_missing", /is for no organization\. Sign in to an organization\./],
  ],
  ["its organization", { organization: "org_a" }, { organization: "org_a" }, "200"],
  [
    "another organization",
    { organization: "org_b" },
    { organization: "org_a" },
    ["organization_wrong", /is for another organization\. Sign in to the organization org_b\./],
  ],
  ["a flag that is on", { flags: ["beta"] }, { flags: { beta: true } }, "200"],
  [
    "a flag that is off",
    { flags: ["beta"] },
    { flags: { beta: false } },
    ["flag_missing", /does not have the feature flag beta\./],
  ],
  ["a flag that is absent", { flags: ["beta"] }, {}, ["flag_missing", /feature flag beta\./]],
  ["a flag's value", { flags: { theme: "dark", limit: 5 } }, { flags: { theme: "dark", limit: 5 } }, "200"],
  [
    "another value of a flag",
    { flags: { theme: "dark", limit: 5 } },
    { flags: { theme: "dark", limit: 6 } },
    ["flag_missing", /feature flag limit with the value 5\./],
  ],
  [
    "an absent flag to be false",
    { flags: { beta: false } },
    {},
    ["flag_missing", /feature flag beta with the value false\./],
  ],
  ["a condition that holds", { where: (token) => token.subject === "kp_alice" }, {}, "200"],
  [
    "a condition that does not hold",
    { where: (token) => token.subject === "kp_bob" },
    {},
    ["condition_unmet", /does not meet a condition/],
  ],
  ["a condition that takes time", { where: async () => true }, {}, "200"],
  [
    "a condition that takes time and does not hold",
    { where: async () => false },
    {},
    ["condition_unmet", /does not meet a condition/],
  ],
  [
    "a condition that is only something like true",
    { where: (() => "yes") as unknown as () => boolean },
    {},
    ["condition_unmet", /does not meet a condition/],
  ],
  [
    "several things",
    { permissions: ["a"], organization: true },
    {},
    ["permission_missing", /lacks the permission a .*, and is for no organization\./],
  ],
  [
    "one of two, having the second",
    { anyOf: [{ permissions: ["a"] }, { roles: ["editor"] }] },
    { roles: ["editor"] },
    "200",
  ],
  [
    "one of two, having neither",
    { anyOf: [{ permissions: ["a"], roles: ["editor"] }, { organization: "org_b" }] },
    { roles: ["editor"] },
    [
      "alternatives_unmet",
      /it lacks the permission a .*; or it is for no organization\. One of them is enough\./,
    ],
  ],
  [
    "one of two and something else",
    { permissions: ["a"], anyOf: [{ roles: ["editor"] }] },
    { roles: ["editor"] },
    ["permission_missing", /lacks the permission a/],
  ],
];

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterAll(() => issuer.close());

describe.each(Object.keys(frameworks))("%s: an endpoint that requires", (framework) => {
  let api: Api;
  beforeAll(async () => {
    api = await (frameworks[framework] as (typeof frameworks)[string])({
      guard: { issuer: issuer.issuer, audience: issuer.audience },
      routes: Object.fromEntries(table.map(([, requirements], index) => [`/${index}`, requirements])),
    });
  });
  afterAll(() => api.close());

  it.each(table.map((row, index) => [row[0], index] as const))("%s", async (_title, index) => {
    const [, , overrides, answer] = table[index] as (typeof table)[number];
    const handled = api.handled();
    const authorization = `Bearer ${await issuer.token(overrides)}`;
    const exchange = await send(api.port, { path: `/${index}`, authorization });
    if (answer === "200") return expect(exchange.status).toBe(200);
    const [code, description] = answer;
    const { error, error_description } = exchange.json;
    expect([exchange.status, error, exchange.json.code]).toEqual([403, "insufficient_scope", code]);
    expect(error_description).toMatch(description);
    expect(exchange.headers["www-authenticate"]).toContain(
      'error="insufficient_scope", error_description="The token ',
    );
    expect(api.handled()).toBe(handled);
  });
});
