// @ts-check
// docs/from-kinde.md and docs/from-auth0.md name what the SDKs have: all of it, and nothing else.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../scripts/lib/workspace.js";

const require = createRequire(join(root, "interop/package.json"));

/**
 * The names in the first columns of the tables of a section.
 * @param {string} file @param {string} heading with its signs
 */
function named(file, heading) {
  const text = readFileSync(join(root, "docs", file), "utf8");
  const [signs = ""] = heading.split(" ");
  const [, section = ""] = text.split(`\n${heading}\n`);
  const [own = ""] = section.split(new RegExp(`\\n#{1,${signs.length}} `));
  return [...own.matchAll(/^\| (`.*?) \|/gm)]
    .flatMap(([, names = ""]) => [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name))
    .sort();
}

/** @param {string[]} packages */
const exported = (...packages) => [...new Set(packages.flatMap((name) => Object.keys(require(name))))].sort();

/** The members that a type of a declaration file has. @param {string} file @param {string} type */
function members(file, type) {
  const text = readFileSync(join(root, "interop/node_modules", file), "utf8").replaceAll("\r", "");
  const [, body = ""] =
    new RegExp(`^(?:export )?(?:declare )?(?:interface|type) ${type}\\b.*?\\{\\n(.*?)\\n\\}`, "ms").exec(
      text,
    ) ?? [];
  return [...body.replaceAll(/\/\*.*?\*\//gs, "").matchAll(/^ {4}(\w+)\??:/gm)].map(([, name = ""]) => name);
}

describe("Kinde's React SDK", () => {
  const types = "@kinde-oss/kinde-auth-react/dist/src/state";

  it("exports what the table has", () => {
    const sdk = "@kinde-oss/kinde-auth-react";
    expect(named("from-kinde.md", "### Exports of the React SDK")).toEqual(
      exported(sdk, `${sdk}/components`, `${sdk}/react-router`),
    );
  });

  it("has the utilities that the table has", () => {
    expect(named("from-kinde.md", "### `/utils`")).toEqual(exported("@kinde-oss/kinde-auth-react/utils"));
  });

  it("has a hook with these members", () => {
    const all = [
      ...members(`${types}/types.d.ts`, "State"),
      ...members(`${types}/KindeContext.d.ts`, "KindeContextProps"),
    ];
    expect(named("from-kinde.md", "### Members of `useKindeAuth()`")).toEqual(all.sort());
  });

  it("has a provider with these properties", () => {
    const all = members(`${types}/KindeProvider.d.ts`, "KindeProviderProps");
    expect(named("from-kinde.md", "### Properties of `KindeProvider`")).toEqual(
      all.filter((name) => name !== "children").sort(),
    );
  });
});

describe("Kinde's SDKs for servers", () => {
  it("for Express exports what the table has", () => {
    expect(named("from-kinde.md", "## Express")).toEqual(exported("@kinde-oss/kinde-node-express"));
  });

  it("for TypeScript exports what the table has, but for the classes of its Management API", () => {
    const { createKindeServerClient, GrantType } = require("@kinde-oss/kinde-typescript-sdk");
    const client = createKindeServerClient(GrantType.AUTHORIZATION_CODE, {
      authDomain: "https://yourapp.kinde.com",
      clientId: "web",
      clientSecret: "a".repeat(45),
      redirectURL: "http://localhost:4302",
      logoutRedirectURL: "http://localhost:4302",
    });
    const ofSignIn = [
      "createKindeBrowserClient",
      "createKindeServerClient",
      "FlagDataType",
      "GrantType",
      "KindeSDKError",
      "KindeSDKErrorCode",
      "PortalPage",
      "validateClientSecret",
    ];
    expect(exported("@kinde-oss/kinde-typescript-sdk")).toEqual(expect.arrayContaining(ofSignIn));
    expect(named("from-kinde.md", "## TypeScript")).toEqual([...Object.keys(client), ...ofSignIn].sort());
  });
});

describe("Auth0's React SDK", () => {
  it("exports what the table has", () => {
    expect(named("from-auth0.md", "### Exports of the React SDK")).toEqual(exported("@auth0/auth0-react"));
  });

  it("has a provider with these properties", () => {
    const provider = "@auth0/auth0-react/dist/auth0-provider.d.ts";
    const all = [
      ...members(provider, "Auth0ProviderBaseOptions"),
      ...members(provider, "Auth0ProviderWithClientOptions"),
      ...members("@auth0/auth0-spa-js/dist/typings/global.d.ts", "Auth0ClientOptions"),
    ];
    expect(named("from-auth0.md", "### Properties of `Auth0Provider`")).toEqual(
      all.filter((name) => name !== "children").sort(),
    );
  });

  it("has a hook with these members", () => {
    const { initialContext } = require("@auth0/auth0-react");
    expect(named("from-auth0.md", "### Members of `useAuth0()`")).toEqual(Object.keys(initialContext).sort());
  });
});
