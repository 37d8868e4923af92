import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newClientSecret } from "../credentials/client-secret.ts";
import type { ApplicationConfig, HallpassConfig } from "./config.ts";
import { parseSettings } from "./parse-settings.ts";
import { SettingsError } from "./settings-error.ts";

const SECRET = newClientSecret();
const AUDIENCE = "https://api.bookstore.example";
const apis = [{ audience: AUDIENCE, scopes: ["books:read"] }];
const publicKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const redirectUris = ["http://localhost:4302/callback"];
const web = { clientId: "server", type: "web", redirectUris } as const;
const machine = { clientId: "jobs", type: "machine" } as const;

function settingsOf(application: ApplicationConfig) {
  return parseSettings({ apis, applications: [application] }).applications[0];
}

function problemsOf(application: object): string[] {
  try {
    parseSettings({ apis, applications: [application] } as HallpassConfig);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(
      ({ path, found, expected, fix }) =>
        `${path.replace("applications[0].", "")}: ${found} | ${expected} | ${fix}`,
    );
  }
}

describe("an application", () => {
  test.each<[string, ApplicationConfig, object]>([
    ["in the browser is a public client", { ...web, type: "spa" }, { authentication: "none", secrets: [] }],
    ["on a server without a secret is one too", web, { authentication: "none", pkce: "required", apis: [] }],
    ["on a server with a secret authenticates", { ...web, secret: SECRET }, { authentication: "secret" }],
    [
      "may have two secrets",
      { ...web, secrets: [SECRET, newClientSecret()] },
      { authentication: "secret", secrets: [SECRET, expect.any(String)] },
    ],
    [
      "may get its secrets by command",
      { ...web, confidential: true },
      { authentication: "secret", secrets: [] },
    ],
    [
      "may leave PKCE out if it authenticates",
      { ...web, secret: SECRET, pkce: "optional" },
      { pkce: "optional" },
    ],
    [
      "may have keys",
      { ...machine, jwks: { keys: [{ ...publicKey }] } },
      { authentication: "private_key_jwt", jwks: { keys: [publicKey] } },
    ],
    [
      "that is a machine names what it uses",
      { ...machine, apis: [{ audience: AUDIENCE, scopes: ["books:read"] }] },
      {
        authentication: "secret",
        redirectUris: [],
        homeUri: null,
        apis: [{ audience: AUDIENCE, scopes: ["books:read"] }],
      },
    ],
    [
      "uses an API without scopes",
      { ...machine, apis: [{ audience: AUDIENCE }] },
      { apis: [{ audience: AUDIENCE, scopes: [] }] },
    ],
    [
      "that is native has a scheme of its own and loopback",
      {
        clientId: "phone",
        type: "native",
        redirectUris: ["com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]/cb"],
      },
      { authentication: "none", homeUri: null },
    ],
  ])("%s", (_what, application, expected) => {
    expect(settingsOf(application)).toMatchObject(expected);
  });
});

describe("a mistake in an application", () => {
  test.each<[string, object, RegExp]>([
    [
      "an unknown type",
      { ...web, type: "desktop" },
      /^type: "desktop" \| one of "spa", "web", "native", "machine"/,
    ],
    [
      "no address",
      { clientId: "x", type: "native" },
      /^redirectUris: no address .*com\.example\.app:\/callback/,
    ],
    [
      "a machine with addresses",
      { ...machine, redirectUris },
      /^redirectUris: a list \| nothing, because nobody signs in/,
    ],
    [
      "a browser application with a secret",
      { ...web, type: "spa", secret: SECRET },
      /^secret: a text \| nothing, .*"spa" runs in the browser/,
    ],
    [
      "a native one with a secret",
      { clientId: "x", type: "native", redirectUris: ["com.example.app:/cb"], secret: SECRET },
      /^secret: .*other people's machines/,
    ],
    [
      "a browser application that is confidential",
      { ...web, type: "spa", confidential: true },
      /^confidential: true/,
    ],
    [
      "a machine that is not",
      { ...machine, confidential: false },
      /^confidential: false \| true, because a machine/,
    ],
    [
      "a secret that is not set",
      { ...web, secret: undefined },
      /^secret: nothing \| .* \| Set the environment variable/,
    ],
    ["a secret that is a number", { ...web, secret: 8012345678 }, /^secret: a number \| a text/],
    ["one of two that is not set", { ...web, secrets: [SECRET, undefined] }, /^secrets\[1\]: nothing/],
    [
      "a short secret",
      { ...web, secret: "short" },
      /^secret: a text \| 40 to 60 random letters and digits \| Make one with: openssl/,
    ],
    ["a secret that was typed", { ...web, secret: "a".repeat(48) }, /^secret: a text/],
    [
      "three secrets",
      { ...web, secrets: [SECRET, newClientSecret(), newClientSecret()] },
      /^secrets: 3 secrets \| at most 2/,
    ],
    ["the same twice", { ...web, secret: SECRET, secrets: [SECRET] }, /^secrets: the same secret twice/],
    [
      "secret and keys",
      { ...web, secret: SECRET, jwks: { keys: [publicKey] } },
      /^jwks: an object \| either keys or a secret/,
    ],
    ["no key", { ...machine, jwks: { keys: [] } }, /^jwks\.keys: an empty list/],
    ["a key twice", { ...machine, jwks: { keys: [publicKey, publicKey] } }, /^jwks\.keys\[0\]: .*"kid"/],
    ["no PKCE without a secret", { ...web, pkce: "optional" }, /^pkce: "optional" \| .* \| Add "secret"/],
    ["no PKCE in the browser", { ...web, type: "spa", pkce: "optional" }, /^pkce: /],
    ["an API for a public client", { ...web, apis: [{ audience: AUDIENCE }] }, /^apis: a list \| nothing/],
    [
      "an API that is not there",
      { ...machine, apis: [{ audience: "https://api.bookstore.exampel" }] },
      /^apis\[0\]\.audience: .*Did you mean/,
    ],
    [
      "a scope that is not there",
      { ...machine, apis: [{ audience: AUDIENCE, scopes: ["books:raed"] }] },
      /^apis\[0\]\.scopes\[0\]: .*Did you mean "books:read"/,
    ],
    ["the id of a user", { ...machine, clientId: `kp_${"a".repeat(32)}` }, /^clientId: .*no user can have/],
    [
      "a scheme in the browser",
      { ...web, redirectUris: ["com.example.app:/cb"] },
      /^redirectUris\[0\]: .*"native"/,
    ],
  ])("is told: %s", (_what, application, problem) => {
    const problems = problemsOf(application);
    expect(problems[0]).toMatch(problem);
    expect(problems.join()).not.toContain(SECRET);
  });

  test.each<[string, string]>([
    ["javascript:alert(1)", "https:// or http://"],
    ["data:text/html,hello", "https:// or http://"],
    ["file:///etc/passwd", "https:// or http://"],
    ["myapp:/callback", "https:// or http://"],
    ["com.example.app:callback", "https:// or http://"],
    ["com.example.app:/call back", "without #, * and spaces"],
    ["com.example.app:/*", "without #, * and spaces"],
    ["com.example.app:/callback#x", "without #, * and spaces"],
    ["http://app.example.com/callback", "https"],
    ["http://127.0.0.2/callback", "127.0.0.1, [::1], localhost only"],
    ["http://app.localhost/callback", "127.0.0.1, [::1], localhost only"],
    ["https://127.0.0.1/callback", "http for an address on the same machine"],
    ["http://127.0.0.1:*/callback", "one exact address"],
    ["http://evil@127.0.0.1/callback", "without a user name"],
  ])("a native application is not called back at %s", (uri, expected) => {
    const [problem] = problemsOf({ clientId: "phone", type: "native", redirectUris: [uri] });
    expect(problem).toContain(expected);
  });

  test.each<[string, () => object, string]>([
    [
      "a private key",
      () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }),
      'no member "d"',
    ],
    ["a shared secret", () => ({ kty: "oct", k: "c2VjcmV0" }), 'no member "k"'],
    [
      "a short RSA key",
      () => generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" }),
      "2048 bits",
    ],
    [
      "a key for encryption",
      () => generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }),
      "a key for signatures",
    ],
    [
      "a key of another curve",
      () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey.export({ format: "jwk" }),
      "a key for signatures",
    ],
    ["a key for HMAC", () => ({ ...publicKey, alg: "HS256" }), "a key for signatures"],
    ["a key of no algorithm", () => ({ ...publicKey, alg: "none" }), "a key for signatures"],
    ["a key whose use is encryption", () => ({ ...publicKey, use: "enc" }), '"sig"'],
    ["half a key", () => ({ ...publicKey, y: undefined }), "a whole public key"],
    ["a point beside the curve", () => ({ ...publicKey, y: publicKey.x }), "a whole public key"],
  ])("%s does not verify assertions", (_what, key, expected) => {
    const [problem] = problemsOf({ ...machine, jwks: { keys: [key()] } });
    expect(problem).toMatch(/^jwks\.keys\[0\]: an object/);
    expect(problem).toContain(expected);
  });
});
