import { createIdentity, type Identity } from "@hallpass/identity";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";
import {
  launchBrowser,
  newPerson,
  servePage,
  type TestPage,
} from "../../../client/test/support/test-page.ts";
import "./bookstore-globals.ts";
import { type RecordingApi, startApi } from "../../../client/test/support/recording-api.ts";

export const AUDIENCE = "https://api.bookstore.example";
export const PASSWORD = "seven maples under the hill";
const SECRET = "a-secret-that-only-this-test-knows";

export type Person = Awaited<ReturnType<typeof newPerson>>;

/** The bookstore's page, a real identity server, and an API that notes what it is sent. */
export interface Suite {
  readonly browser: Browser;
  readonly app: TestPage;
  readonly identity: Identity;
  readonly api: RecordingApi;
  /** Changes the development controls of identity. */
  control(change: Record<string, unknown>): Promise<void>;
  /** How often the token endpoint was asked since the test began. */
  tokenRequests(): Promise<number>;
  person(): Promise<Person & AsyncDisposable>;
}

/** What a suite is about, if it is not the bookstore of this package. */
export interface SuiteOptions {
  /** The page's entry. */
  readonly page: URL;
  /** Names that it imports, and what it gets instead. */
  readonly alias: Readonly<Record<string, string>>;
  readonly face: "kinde" | "auth0";
}

/** Call once at the top of a test file. */
export function bookstoreSuite(options?: SuiteOptions): Suite {
  const suite = {} as { -readonly [Key in keyof Suite]: Suite[Key] };

  const controls = async (method: string, change?: Record<string, unknown>) => {
    const response = await fetch(new URL("/_hallpass/control", suite.identity.issuer), {
      method,
      headers: { "hallpass-control": SECRET, ...(change && { "content-type": "application/json" }) },
      ...(change && { body: JSON.stringify(change) }),
    });
    if (!response.ok) throw new Error(`the control endpoint answered ${response.status}`);
    return (await response.json()) as { requests: { token: number } };
  };
  suite.control = async (change) => void (await controls("POST", change));
  suite.tokenRequests = async () => (await controls("GET")).requests.token;
  suite.person = async () => {
    const person = await newPerson(suite.browser);
    await person.addInitScript(
      (value) => {
        window.settings = value;
      },
      { issuer: suite.identity.issuer, clientId: "bookstore-web", audience: AUDIENCE, api: suite.api.url },
    );
    return Object.assign(person, { [Symbol.asyncDispose]: () => person.close() });
  };

  beforeAll(async () => {
    [suite.browser, suite.app, suite.api] = await Promise.all([
      launchBrowser(),
      servePage((options?.page ?? new URL("./bookstore.tsx", import.meta.url)).pathname, options?.alias),
      startApi(),
    ]);
    suite.identity = await createIdentity({
      dataDir: ":memory:",
      mode: "development",
      port: 0,
      control: { secret: SECRET },
      config: {
        ...(options && { face: options.face }),
        permissions: { "create:books": "Add a book" },
        roles: { editor: { permissions: ["create:books"] }, reader: { permissions: [] } },
        flags: { theme: { type: "string", value: "sand" }, beta: { type: "boolean", value: false } },
        organizations: [
          { code: "org_harbour", name: "Harbour" },
          { code: "org_hill", name: "Hill" },
        ],
        users: [
          {
            email: "ada@example.com",
            password: PASSWORD,
            givenName: "Ada",
            familyName: "Lovelace",
            organizations: [
              { code: "org_harbour", roles: ["editor"] },
              { code: "org_hill", roles: ["reader"] },
            ],
          },
        ],
        apis: [{ audience: AUDIENCE }],
        applications: [
          {
            clientId: "bookstore-web",
            type: "spa",
            redirectUris: [suite.app.url],
            postLogoutRedirectUris: [suite.app.url],
            homeUri: suite.app.url,
          },
        ],
        defaults: { organization: "org_harbour", roles: ["reader"] },
      },
    });
    await suite.identity.listen();
  });
  afterAll(async () => {
    await suite.browser?.close();
    await Promise.all([suite.app?.close(), suite.api?.close(), suite.identity?.close()]);
  });
  beforeEach(async () => {
    await controls("DELETE");
    suite.api.calls.length = 0;
    suite.api.refusals = 0;
    suite.api.challenge = undefined;
  });
  return suite;
}

/** Waits until the page says this status. */
export async function shows(page: Page, status: string): Promise<void> {
  await page.locator("#status", { hasText: new RegExp(`^${status}$`) }).waitFor({ timeout: 10_000 });
}

/** From the landing page through identity's form and back. */
export async function signIn(page: Page, email = "ada@example.com", button = "Sign in"): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await enter(page, email);
  await shows(page, "signed-in");
}

/** Through identity's form and back. */
export async function enter(page: Page, email = "ada@example.com"): Promise<void> {
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Ada belongs to two organizations, and is asked which one.
  await page.getByRole("button", { name: "Harbour" }).click();
}
