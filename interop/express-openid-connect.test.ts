import { randomBytes } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, newPerson } from "../packages/client/test/support/test-page.ts";
import { claimsOf } from "../packages/identity/test/identity.ts";
import { freePort } from "../packages/identity/test/processes.ts";
import { AUDIENCE, type Issuer, lin, startIssuer } from "./support/identity.ts";
import { fillRegistration, fillSignIn, newcomer } from "./support/person.ts";
import { type Program, startProgram } from "./support/program.ts";

const clientId = "bookstore-server";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe.each([
  ["http", false],
  ["https", true],
])("express-openid-connect over %s", (_name, https) => {
  let issuer: Issuer;
  let app: Program;

  beforeAll(async () => {
    const secret = randomBytes(24).toString("hex");
    const port = await freePort();
    const home = `http://localhost:${port}`;
    issuer = await startIssuer({
      https,
      config: {
        face: "auth0",
        applications: [
          {
            clientId,
            type: "web",
            secret,
            redirectUris: [`${home}/callback`],
            postLogoutRedirectUris: [home],
          },
        ],
      },
    });
    app = await startProgram("express-openid-connect.ts", {
      ISSUER: issuer.url,
      CLIENT_ID: clientId,
      CLIENT_SECRET: secret,
      AUDIENCE,
      PORT: String(port),
      ...(issuer.certificateFile && { NODE_EXTRA_CA_CERTS: issuer.certificateFile }),
    });
  });
  afterAll(async () => {
    await app?.stop();
    await issuer?.close();
  });

  /** Does something with the application, as a person with a browser of their own. */
  async function visit<Result>(work: (page: Page) => Promise<Result>): Promise<Result> {
    const context = await newPerson(browser, { ignoreHTTPSErrors: https });
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  }

  const shown = async (page: Page, path: string) => {
    await page.goto(`${app.url}${path}`);
    return await jsonOf(page);
  };

  const jsonOf = async (page: Page) => JSON.parse(await page.locator("body").innerText());

  test("signs in on the way to a page that needs it, and stays signed in", async () => {
    await visit(async (page) => {
      await page.goto(`${app.url}/profile`);
      await fillSignIn(page);
      await page.waitForURL(`${app.url}/profile`);
      expect(await jsonOf(page)).toMatchObject({ name: "Ada Lovelace", nickname: "ada" });
      expect(await shown(page, "/")).toMatchObject({
        isAuthenticated: true,
        claims: { iss: `${issuer.url}/`, aud: clientId, email: "ada@example.com", org_id: "org_bookstore" },
      });
    });
  });

  test("has an access token for the API, and refreshes it", async () => {
    await visit(async (page) => {
      await page.goto(`${app.url}/token`);
      await fillSignIn(page);
      await page.waitForURL(`${app.url}/token`);
      const { access_token: before } = await jsonOf(page);
      const { access_token: after } = await shown(page, "/refreshed");
      expect(after).not.toBe(before);
      expect(claimsOf(after)).toMatchObject({
        aud: [AUDIENCE],
        client_id: clientId,
        permissions: ["create:books", "read:books"],
      });
    });
  });

  test("registers", async () => {
    await visit(async (page) => {
      const grace = newcomer();
      await page.goto(`${app.url}/register`);
      await fillRegistration(page, grace);
      await page.waitForURL(`${app.url}/`);
      expect(await jsonOf(page)).toMatchObject({ isAuthenticated: true, claims: { email: grace.email } });
    });
  });

  test("signs in to the organization that it names", async () => {
    await visit(async (page) => {
      await page.goto(`${app.url}/library`);
      await fillSignIn(page, lin);
      await page.waitForURL(`${app.url}/`);
      expect(await jsonOf(page)).toMatchObject({ claims: { org_id: "org_library" } });
    });
  });

  test("signs out at the identity server as well", async () => {
    await visit(async (page) => {
      await page.goto(`${app.url}/profile`);
      await fillSignIn(page);
      await page.waitForURL(`${app.url}/profile`);
      await page.goto(`${app.url}/logout`);
      await page.waitForURL(`${app.url}/`);
      expect(await jsonOf(page)).toEqual({ isAuthenticated: false });
      await page.goto(`${app.url}/profile`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });
  });
});
