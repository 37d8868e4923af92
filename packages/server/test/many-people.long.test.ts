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
  // Everybody waits for everybody, so that codes have to last for longer than usual.
  provider = await startOidcProvider({ adapter: mapAdapter(), ttl: { AuthorizationCode: 600 } });
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
    // All sign-ins are under way together: everybody has left before the first one arrives at the issuer, and everybody
    // has been there before the first one comes back.
    const leaving = await atOnce(PEOPLE, async (person) => {
      const name = `person-${person}`;
      const browser = visitor(auth);
      const url = await browser.visit((session) =>
        session.getLoginUrl({ prompt: "consent", returnTo: `/of/${name}`, appState: name }),
      );
      return { name, browser, url };
    });
    const answers = await atOnce(PEOPLE, async (person) => {
      const { name, url } = leaving[person] as (typeof leaving)[0];
      return await issuerPages(provider.fields(name)).through(url);
    });
    const browsers = await atOnce(PEOPLE, async (person) => {
      const { name, browser } = leaving[person] as (typeof leaving)[0];
      expect(await browser.comeBack(answers[person] ?? "")).toEqual({
        returnTo: `/of/${name}`,
        appState: name,
      });
      return { name, browser };
    });
    /** Of each person: who the ID token says they are, and who the issuer says their access token is of. */
    const everybody = () =>
      atOnce(PEOPLE, async (person) =>
        browsers[person]?.browser.visit(async (session) => {
          const token = await session.getToken();
          const response = await fetch(`${provider.issuer}/me`, {
            headers: { authorization: `Bearer ${token}` },
          });
          const { sub } = (await response.json()) as { sub: string };
          return { id: session.getUserDetails().id, sub, token };
        }),
      );
    const names = browsers.map(({ name }) => name);
    const before = await everybody();
    expect(before.map((who) => who?.id)).toEqual(names);
    expect(before.map((who) => who?.sub)).toEqual(names);
    ahead = 3_600_000;
    const after = await everybody();
    expect(after.map((who) => who?.id)).toEqual(names);
    expect(after.map((who) => who?.sub)).toEqual(names);
    expect(new Set([...before, ...after].map((who) => who?.token)).size).toBe(2 * PEOPLE);
  });
});

/** So many requests are on their way at any moment: more, and one process that is both sides would only queue them. */
const IN_FLIGHT = 100;

/** Does something for each number below `count`, many at once, in an order that is not theirs. */
async function atOnce<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const left = Array.from({ length: count }, (_, index) => index).sort(() => Math.random() - 0.5);
  const worker = async () => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return results;
}
