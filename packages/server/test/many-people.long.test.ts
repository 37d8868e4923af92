import { createServerAuth, memoryStore, type ServerAuthOptions } from "@hallpass/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CALLBACK } from "./support/application.ts";
import { issuerPages } from "./support/issuer-pages.ts";
import { mapAdapter } from "./support/map-adapter.ts";
import { startOidcProvider, type TestProvider, WEB } from "./support/providers.ts";
import { visitor } from "./support/visitor.ts";

const PEOPLE = 1_000;

let provider: TestProvider;
beforeAll(async () => {
  provider = await startOidcProvider({ adapter: mapAdapter() });
});
afterAll(() => provider.close());

const kinds: [string, Partial<ServerAuthOptions>][] = [
  ["in a store", { store: memoryStore() }],
  ["in cookies", { store: "cookie" }],
];

describe.each(kinds)("1,000 people who sign in at the same time, with sessions %s", (_, options) => {
  it("have their own tokens each, before and after a renewal", { timeout: 600_000 }, async () => {
    let ahead = 0;
    const auth = createServerAuth({
      ...WEB,
      issuer: provider.issuer,
      redirectUri: CALLBACK,
      clock: () => Date.now() + ahead,
      ...options,
    });
    const browsers = await Promise.all(
      Array.from({ length: PEOPLE }, async (_unused, person) => {
        const name = `person-${person}`;
        const browser = visitor(auth, issuerPages(provider.fields(name)).through);
        const { returnTo, appState } = await browser.signIn({
          prompt: "consent",
          returnTo: `/of/${name}`,
          appState: name,
        });
        expect([returnTo, appState]).toEqual([`/of/${name}`, name]);
        return { name, browser };
      }),
    );
    /** Of each person: who the ID token says they are, and who the issuer says their access token is of. */
    const everybody = () =>
      Promise.all(
        browsers.map(({ browser }) =>
          browser.visit(async (session) => {
            const token = await session.getToken();
            const response = await fetch(`${provider.issuer}/me`, {
              headers: { authorization: `Bearer ${token}` },
            });
            const { sub } = (await response.json()) as { sub: string };
            return { id: session.getUserDetails().id, sub, token };
          }),
        ),
      );
    const names = browsers.map(({ name }) => name);
    const before = await everybody();
    expect(before.map(({ id }) => id)).toEqual(names);
    expect(before.map(({ sub }) => sub)).toEqual(names);
    ahead = 3_600_000;
    const after = await everybody();
    expect(after.map(({ id }) => id)).toEqual(names);
    expect(after.map(({ sub }) => sub)).toEqual(names);
    expect(new Set([...before, ...after].map(({ token }) => token)).size).toBe(2 * PEOPLE);
  });
});
