import { describe, expect, test } from "vitest";
import { browserSuite } from "./support/suite.ts";
import { settled, stateOf } from "./support/visit.ts";

const suite = browserSuite();
const asked = () => suite.issuer.requests.filter(({ path }) => path === "/authorize");

describe("what the application wants to have again after a sign-in", () => {
  test("comes back with the path, and has been in no address", async () => {
    await using person = await suite.person();
    const page = await person.tab("/books");
    const appState = { basket: [7, 9], note: "ü & <b>" };
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate((value) => void window.client.login({ appState: value }), appState),
    ]);
    await settled(page);
    expect(await page.evaluate(() => window.arrivals)).toEqual([["/books", appState]]);
    expect(asked().map(({ query }) => query.has("app_state"))).toEqual([false]);
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(
      "basket",
    );
  });

  test("comes back also when the sign-in failed, and when it needed a page in between", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await page.route(/\/authorize\?/, (route) => {
      // What the issuer cannot do in silence, it does with a page, on which the person declines.
      const isSilent = route.request().url().includes("prompt=none");
      suite.issuer.refusal = isSilent ? "login_required" : "access_denied";
      return route.continue();
    });
    await page.evaluate(() => void window.client.switchOrg("org_2", { appState: "basket" }));
    await page.waitForFunction(() => window.client?.getState().error?.code === "access_denied");
    expect(await page.evaluate(() => window.arrivals)).toEqual([["/", "basket"]]);
    expect(asked().map(({ query }) => query.get("prompt"))).toEqual(["none", null]);
  });

  test("is refused when it is too long, before the browser leaves", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const code = await page.evaluate(() =>
      window.client.login({ appState: "x".repeat(4000) }).catch((error: { code: string }) => error.code),
    );
    expect(code).toBe("option_invalid");
    expect((await stateOf(page)).error).toMatchObject({
      code: "option_invalid",
      message: expect.stringContaining("4000"),
    });
    expect(asked()).toEqual([]);
  });
});

describe("one sign-in, or one sign-out, of its own", () => {
  test("comes back to another redirect URI, which is also redeemed there", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    const redirectUri = `${suite.app.url}/office`;
    const landed = page.waitForRequest((request) => request.url().startsWith(`${redirectUri}?`));
    await page.evaluate((uri) => void window.client.login({ redirectUri: uri }), redirectUri);
    await landed;
    await page.waitForFunction(() => window.client?.getState().status === "signed-in");
    expect(asked()[0]?.query.getAll("redirect_uri")).toEqual([redirectUri]);
    const { form } = suite.issuer.requests.find(({ path }) => path === "/token") ?? {};
    expect(form?.get("redirect_uri")).toBe(redirectUri);
  });

  test("leads to another address, with parameters that replace none of ours", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    await Promise.all([page.waitForNavigation(), page.evaluate(() => void window.client.login())]);
    await settled(page);
    const end = page.waitForURL(`${suite.app.url}/office`);
    await page.evaluate(
      (uri) =>
        void window.client.logout({
          postLogoutRedirectUri: uri,
          parameters: { federated: "true", client_id: "other", id_token_hint: "other" },
        }),
      `${suite.app.url}/office`,
    );
    await end;
    const { query } = suite.issuer.requests.find(({ path }) => path === "/end") ?? {};
    expect(query?.get("federated")).toBe("true");
    expect(query?.getAll("client_id")).toEqual(["bookstore-web"]);
    expect(query?.get("id_token_hint")).toMatch(/^eyJ/);
  });
});

describe("all claims", () => {
  test("are read at once, and stay the same object until a new token comes", async () => {
    await using person = await suite.person();
    const page = await person.tab();
    expect(await page.evaluate(() => window.client.getClaims())).toBeNull();
    await Promise.all([page.waitForNavigation(), page.evaluate(() => void window.client.login())]);
    await settled(page);
    const read = await page.evaluate(async () => {
      const { client } = window;
      const before = client.getClaims();
      const same = before === client.getClaims("access_token");
      const email = client.getClaims("id_token")?.email;
      await client.getToken({ forceRefresh: true });
      return [before?.org_code, same, email, before === client.getClaims()];
    });
    expect(read).toEqual(["org_1", true, "reader-1@example.com", false]);
  });
});
