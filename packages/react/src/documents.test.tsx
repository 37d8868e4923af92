import { readFileSync } from "node:fs";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import * as auth0 from "./auth0/index.ts";
import * as kinde from "./kinde/index.ts";

/** The table under a heading, as the names in its first column and what the second one says. */
function table(document: string, heading: string): Map<string, string> {
  const text = readFileSync(new URL(`../../../docs/${document}`, import.meta.url), "utf8");
  const [, section = ""] = text.split(`\n### ${heading}\n`);
  const rows = section.split(/\n##/)[0]?.matchAll(/^\| (`.*?) \| (.*?) \|/gm) ?? [];
  return new Map(
    [...rows].flatMap(([, names = "", ours = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]): [string, string] => [name, ours]),
    ),
  );
}

/** Those that the document says are here, or are refused by name. */
const promised = (rows: Map<string, string>) =>
  [...rows].flatMap(([name, ours]) => (/^(the same|refused)/.test(ours) ? [name] : [])).sort();

function kindeMembers(): string[] {
  let members: string[] = [];
  function Members() {
    members = Object.keys(kinde.useKindeAuth());
    return null;
  }
  renderToString(
    <kinde.KindeProvider domain="https://auth.example" clientId="web" forceChildrenRender>
      <Members />
    </kinde.KindeProvider>,
  );
  return members;
}

function auth0Members(): string[] {
  let members: string[] = [];
  function Members() {
    members = Object.keys(auth0.useAuth0());
    return null;
  }
  renderToString(
    <auth0.Auth0Provider domain="auth.example" clientId="web">
      <Members />
    </auth0.Auth0Provider>,
  );
  return members;
}

describe("docs/from-kinde.md", () => {
  test("names what is exported", () => {
    const rows = table("from-kinde.md", "Exports of the React SDK");
    expect(promised(rows)).toEqual(Object.keys(kinde).sort());
  });

  test("names the hook's members", () => {
    const rows = table("from-kinde.md", "Members of `useKindeAuth()`");
    expect([...promised(rows), "has"].sort()).toEqual(kindeMembers().sort());
  });
});

describe("docs/from-auth0.md", () => {
  test("names what is exported", () => {
    const rows = table("from-auth0.md", "Exports of the React SDK");
    expect(promised(rows)).toEqual(Object.keys(auth0).sort());
  });

  test("names the hook's members", () => {
    const rows = table("from-auth0.md", "Members of `useAuth0()`");
    expect(promised(rows)).toEqual(auth0Members().sort());
  });

  test("has the members outside of a provider, too", () => {
    expect(Object.keys(auth0.initialContext).sort()).toEqual(auth0Members().sort());
  });
});
