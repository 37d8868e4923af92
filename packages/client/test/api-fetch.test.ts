import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type RecordingApi, startApi } from "./support/recording-api.ts";
import { browserSuite } from "./support/suite.ts";
import { signIn, tokenOf, type Visit } from "./support/visit.ts";

const suite = browserSuite();
let api: RecordingApi;
let stranger: RecordingApi;
beforeAll(async () => {
  [api, stranger] = await Promise.all([startApi(), startApi()]);
});
afterAll(async () => {
  await Promise.all([api?.close(), stranger?.close()]);
});
beforeEach(() => {
  for (const each of [api, stranger]) {
    each.calls.length = 0;
    Object.assign(each, { refusals: 0, challenge: undefined });
  }
});

async function signedIn(): Promise<Visit & { page: Page }> {
  const person = await suite.person();
  const page = await person.tab();
  await signIn(page);
  return Object.assign(person, { page });
}

interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Calls with the token added for `api` only; gives the status, or the error's code. */
function call(page: Page, url: string, init?: Call): Promise<number | string> {
  return page.evaluate(
    async ([address, origin, options]) => {
      const apiFetch = window.hallpass.createApiFetch(window.client, [origin]);
      return apiFetch(address, options).then(
        (response) => response.status,
        (error: { code?: string; name: string }) => error.code ?? error.name,
      );
    },
    [url, api.url, init] as const,
  );
}

describe("an API's fetch", () => {
  test("adds the token for a listed origin, and sends everything else as it is", async () => {
    await using person = await signedIn();
    const { page } = person;
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"title":"Emma"}',
    };
    expect(await call(page, `${api.url}/books`, init)).toBe(200);
    expect(api.calls).toEqual([
      { path: "/books", method: "POST", authorization: `Bearer ${await tokenOf(page)}`, body: init.body },
    ]);
  });

  test("adds nothing for any other origin, however similar", async () => {
    await using person = await signedIn();
    expect(await call(person.page, `${stranger.url}/books`)).toBe(200);
    expect(await call(person.page, `${stranger.url}/${api.url}`)).toBe(200);
    const elsewhere = api.url.replace("localhost", "127.0.0.1");
    await call(person.page, `${elsewhere}/books`);
    expect(stranger.calls.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect(api.calls.filter(({ authorization }) => authorization)).toEqual([]);
  });

  test("leaves an Authorization header that is there", async () => {
    await using person = await signedIn();
    await call(person.page, `${api.url}/books`, { headers: { authorization: "Basic abc" } });
    expect(api.calls[0]?.authorization).toBe("Basic abc");
  });

  test("does not follow a redirect with the token, and says so", async () => {
    await using person = await signedIn();
    expect(await call(person.page, `${api.url}/moved`)).toBe("api_redirected");
    expect(api.calls.map(({ path }) => path)).toEqual(["/moved"]);
  });

  test.each(['Bearer error="invalid_token", error_description="expired"', undefined])(
    "renews a refused token and sends the request once more (%j)",
    async (challenge) => {
      await using person = await signedIn();
      Object.assign(api, { refusals: 1, challenge });
      expect(await call(person.page, `${api.url}/books`, { method: "POST", body: "again" })).toBe(200);
      const [first, second] = api.calls;
      expect(second?.authorization).not.toBe(first?.authorization);
      expect(second?.body).toBe("again");
      expect(suite.issuer.count("/token", "refresh_token")).toBe(1);
    },
  );

  test("does so once only", async () => {
    await using person = await signedIn();
    Object.assign(api, { refusals: 9, challenge: 'Bearer error="invalid_token"' });
    expect(await call(person.page, `${api.url}/books`)).toBe(401);
    expect(api.calls.length).toBe(2);
  });

  test("does not renew for a refusal that a new token would not change", async () => {
    await using person = await signedIn();
    Object.assign(api, { refusals: 1, challenge: 'Bearer error="insufficient_user_authentication"' });
    expect(await call(person.page, `${api.url}/books`)).toBe(401);
    expect(suite.issuer.count("/token", "refresh_token")).toBe(0);
  });

  test("gives the refusal when the issuer does not renew", async () => {
    await using person = await signedIn();
    suite.issuer.revokeAll();
    Object.assign(api, { refusals: 1, challenge: 'Bearer error="invalid_token"' });
    expect(await call(person.page, `${api.url}/books`)).toBe(401);
  });

  test("sends nothing at all for somebody who is not signed in", async () => {
    await using person = await suite.person();
    expect(await call(await person.tab(), `${api.url}/books`)).toBe("not_signed_in");
    expect(api.calls).toEqual([]);
  });

  test.each([[["https://api.example/v1"]], [["api.example"]], [["https://api.example/"]], [[]]])(
    "refuses %j as list of origins",
    async (origins) => {
      await using person = await suite.person();
      const page = await person.tab();
      const code = await page.evaluate((listed) => {
        try {
          window.hallpass.createApiFetch(window.client, listed);
          return "none";
        } catch (error) {
          return (error as { code: string }).code;
        }
      }, origins);
      expect(code).toBe("option_invalid");
    },
  );
});
