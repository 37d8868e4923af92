import type { AuthClientOptions } from "@hallpass/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type ScriptedIssuer, startIssuer } from "./scripted-issuer.ts";
import { launchBrowser, servePage, type TestPage } from "./test-page.ts";
import { type Visit, visit } from "./visit.ts";

/** What every test of this folder works with; the issuer is new for each test. */
export interface Suite {
  readonly browser: Browser;
  readonly app: TestPage;
  readonly issuer: ScriptedIssuer;
  /** A new person with a browser of their own, at an application with these options. */
  person(options?: Partial<AuthClientOptions>): Promise<Visit>;
}

/** Call once at the top of a test file. */
export function browserSuite(): Suite {
  const suite = {
    person: (options) =>
      visit(suite.browser, suite.app.url, {
        issuer: suite.issuer.url,
        clientId: "bookstore-web",
        audience: "https://api.bookstore.example",
        ...options,
      }),
  } as { -readonly [Key in keyof Suite]: Suite[Key] };
  beforeAll(async () => {
    [suite.browser, suite.app] = await Promise.all([
      launchBrowser(),
      servePage(new URL("./page.ts", import.meta.url).pathname),
    ]);
  });
  afterAll(async () => {
    await suite.browser?.close();
    await suite.app?.close();
  });
  beforeEach(async () => {
    const issuer = await startIssuer();
    suite.issuer = issuer;
    return () => issuer.close();
  });
  return suite;
}
