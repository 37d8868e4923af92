import { describe, expect, it } from "vitest";
import { keySet, testKey } from "../test/mint.ts";
import { oauth } from "./claims/dialects/oauth.ts";
import { VerifierOptionError } from "./option-error.ts";
import { createVerifier } from "./verifier.ts";

const issuer = "https://bookstore.kinde.com";
const audience = "https://api.bookstore.example";

describe("options that cannot be used are refused at construction, by name", () => {
  const cases: [what: string, options: unknown, option: string, message: RegExp][] = [
    ["none at all", undefined, "options", /must be an object/],
    ["no issuer", { audience }, "issuer", /missing.*https:/],
    ["no audience", { issuer }, "audience", /missing.*audience: null/],
    ["audience undefined", { issuer, audience: undefined }, "audience", /missing/],
    ["an empty audience", { issuer, audience: "" }, "audience", /none of them empty/],
    [
      "an audience with an empty name",
      { issuer, audience: [audience, ""] },
      "audience",
      /none of them empty/,
    ],
    ["a numeric audience", { issuer, audience: 5 }, "audience", /string/],
    ["clientId null", { issuer, audience, clientId: null }, "clientId", /string/],
    ["an empty issuer", { issuer: "", audience }, "issuer", /empty/],
    ["an issuer with a space", { issuer: " https://a.example", audience }, "issuer", /white space/],
    [
      "an http issuer",
      { issuer: "http://id.example", audience },
      "issuer",
      /http is accepted on localhost only/,
    ],
    [
      "http on a host that looks local",
      { issuer: "http://localhost.evil.example", audience },
      "issuer",
      /https/,
    ],
    ["http on a private address", { issuer: "http://10.0.0.1", audience }, "issuer", /https/],
    ["another scheme", { issuer: "ftp://id.example", audience }, "issuer", /https/],
    ["an issuer with a password", { issuer: "https://a:b@id.example", audience }, "issuer", /password/],
    ["an issuer with a query", { issuer: "https://id.example/?x=1", audience }, "issuer", /'\?'/],
    ["no URL", { issuer: "https://", audience }, "issuer", /not a URL/],
    ["an empty list of issuers", { issuer: [], audience }, "issuer", /missing/],
    [
      "an issuer twice",
      { issuer: [{ issuer }, { issuer: `${issuer}/` }], audience },
      "issuer[1].issuer",
      /twice/,
    ],
    ["an entry without audience", { issuer: [{ issuer }] }, "issuer[0].audience", /missing/],
    ["an entry that is text", { issuer: [issuer], audience }, "issuer[0]", /object/],
    [
      "an unknown name in an entry",
      { issuer: [{ issuer, jwks_uri: "x" }], audience },
      "issuer[0].jwks_uri",
      /jwksUri/,
    ],
    ["keys beside several issuers", { issuer: [{ issuer }], audience, keys: keySet() }, "keys", /one issuer/],
    [
      "keys and jwksUri",
      { issuer, audience, keys: keySet(), jwksUri: `${issuer}/k` },
      "keys",
      /exclude each other/,
    ],
    ["keys that are a list", { issuer, audience, keys: [] }, "keys", /\{ keys: \[/],
    ["keys that are one key", { issuer, audience, keys: testKey().jwk }, "keys", /JWKS/],
    ["a jwksUri that is no URL", { issuer, audience, jwksUri: "/jwks" }, "jwksUri", /URL/],
    ["an http jwksUri", { issuer, audience, jwksUri: "http://id.example/jwks" }, "jwksUri", /https/],
    ["alg none", { issuer, audience, algorithms: ["none"] }, "algorithms", /RS256/],
    ["HS256", { issuer, audience, algorithms: ["RS256", "HS256"] }, "algorithms", /shared secrets/],
    ["no algorithm", { issuer, audience, algorithms: [] }, "algorithms", /empty/],
    ["a negative tolerance", { issuer, audience, clockTolerance: -1 }, "clockTolerance", /seconds/],
    ["a tolerance that is text", { issuer, audience, clockTolerance: "5" }, "clockTolerance", /seconds/],
    [
      "an infinite age",
      { issuer, audience, maxTokenAge: Number.POSITIVE_INFINITY },
      "maxTokenAge",
      /seconds/,
    ],
    ["an outage that is text", { issuer, audience, maxOutage: "1d" }, "maxOutage", /seconds/],
    [
      "tenants beside a list of issuers",
      { issuer: [{ issuer }], audience, tenants: ["a"] },
      "tenants",
      /one issuer/,
    ],
    ["keys beside a function", { issuer: () => null, audience, keys: keySet() }, "keys", /one issuer/],
    ["another profile", { issuer, audience, profile: "rfc9069" }, "profile", /rfc9068/],
    ["claims that are no schema", { issuer, audience, claims: ["sub"] }, "claims", /Standard Schema/],
    ["a rule that is no function", { issuer, audience, rule: true }, "rule", /function/],
    ["a clock that is a number", { issuer, audience, clock: 5 }, "clock", /milliseconds/],
    ["an unknown dialect", { issuer, audience, dialect: "klingon" }, "dialect", /'kinde'/],
    ["half a dialect", { issuer, audience, dialect: { permissions: () => [] } }, "dialect", /functions/],
    ["a cache of no entries", { issuer, audience, cache: { maxEntries: 0 } }, "cache", /maxEntries/],
    ["cache: true", { issuer, audience, cache: true }, "cache", /false or/],
    ["a name of another library", { issuer, audience, clockSkew: 5 }, "clockSkew", /clockTolerance/],
    ["a slip of the pen", { issuer, audience, algorithims: ["RS256"] }, "algorithims", /not an option/],
  ];
  it.each(cases)("%s", (_, options, option, message) => {
    let thrown: unknown;
    try {
      createVerifier(options as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(VerifierOptionError);
    expect((thrown as VerifierOptionError).option).toBe(option);
    expect((thrown as VerifierOptionError).message).toMatch(message);
    expect((thrown as VerifierOptionError).message).toContain(option);
  });
});

describe("options that can be used", () => {
  it.each([
    { issuer, audience: null },
    { issuer, clientId: "bookstore-web" },
    { issuer: "bookstore.kinde.com", audience: [audience] },
    { issuer: "localhost:4300", audience },
    { issuer: "http://127.0.0.1:4300/", audience },
    { issuer: "http://[::1]:4300", audience },
    { issuer: "http://id.localhost", audience },
    { issuer: "https://id.example/realms/books/", audience },
    { issuer, audience, dialect: { ...oauth, name: "mine" } },
    { issuer, audience, cache: {} },
    { issuer, audience, cache: false },
    { issuer, audience, clockTolerance: 0, maxTokenAge: 0 },
  ] as const)("%j", (options) => {
    expect(() => createVerifier(options as never)).not.toThrow();
  });
});
