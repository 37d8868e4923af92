import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import {
  launchBrowser,
  newPerson,
  servePage,
  type TestPage,
} from "../../packages/client/test/support/test-page.ts";
import { type Issuer, type IssuerOptions, startIssuer } from "./identity.ts";
import type { PageSettings } from "./page-settings.ts";

export interface PageSuiteOptions {
  /** The page with the client, in `pages/`. */
  entry: string;
  /** The identity server for an application at this address. */
  issuer: (appUrl: string) => IssuerOptions;
  clientId: string;
  audience: string;
}

/** An application with a page, an identity server that knows it, and a browser. */
export interface PageSuite {
  readonly app: TestPage;
  readonly issuer: Issuer;
  /** Opens the application as a person with a browser of their own. */
  visit(options?: Record<string, unknown>): Promise<Visit>;
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** Console errors and warnings that the test means to cause, taken out of those that make it fail. */
  expectProblems(pattern: RegExp): void;
}

/** Call once at the top of a test file: starts everything before its tests and stops it after them. */
export function pageSuite(options: PageSuiteOptions): PageSuite {
  const suite = { visit } as { -readonly [Key in keyof PageSuite]: PageSuite[Key] };
  let browser: Browser;
  let visits: { context: BrowserContext & { problems: string[] }; expected: RegExp[] }[] = [];

  beforeAll(async () => {
    [browser, suite.app] = await Promise.all([
      launchBrowser(),
      servePage(new URL(`../pages/${options.entry}`, import.meta.url).pathname),
    ]);
    suite.issuer = await startIssuer(options.issuer(suite.app.url));
  });
  afterEach(async () => {
    await Promise.all(visits.map(({ context }) => context.close()));
    const unexpected = visits.flatMap(({ context, expected }) =>
      context.problems.filter((text) => !expected.some((pattern) => pattern.test(text))),
    );
    visits = [];
    expect(unexpected, "the console has errors").toEqual([]);
    expect(suite.issuer.events.filter(({ type }) => type === "server_error")).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await suite.app?.close();
    await suite.issuer?.close();
  });

  async function visit(pageOptions: Record<string, unknown> = {}): Promise<Visit> {
    const context = await newPerson(browser, {
      ignoreHTTPSErrors: suite.issuer.certificateFile !== undefined,
    });
    const expected: RegExp[] = [];
    visits.push({ context, expected });
    const { clientId, audience } = options;
    const settings: PageSettings = { issuer: suite.issuer.url, clientId, audience, options: pageOptions };
    await context.addInitScript((value) => {
      window.settings = value;
    }, settings);
    const page = await context.newPage();
    await page.goto(suite.app.url);
    return { context, page, expectProblems: (pattern) => void expected.push(pattern) };
  }
  return suite;
}
