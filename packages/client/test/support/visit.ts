import type { AuthClientOptions, AuthState, AuthStatus } from "@hallpass/client";
import type { Browser, BrowserContext, Page } from "playwright-core";
import "./page-globals.ts";
import { newPerson } from "./test-page.ts";

/** One person's browser, with the application's client in each of its pages. */
export interface Visit extends AsyncDisposable {
  readonly context: BrowserContext & { problems: string[] };
  /** Opens `path` in a new tab and waits until the client knows where it stands. */
  tab(path?: string): Promise<Page>;
}

export async function visit(browser: Browser, appUrl: string, options: AuthClientOptions): Promise<Visit> {
  const context = await newPerson(browser);
  await context.addInitScript((value) => {
    window.options = value;
  }, options);
  return {
    context,
    async tab(path = "/") {
      const page = await context.newPage();
      await page.goto(appUrl + path);
      await settled(page);
      return page;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Waits until the client of the page under `page` no longer loads, also across redirects. */
export async function settled(page: Page): Promise<AuthState> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await page.waitForFunction(() => window.client && !window.client.getState().isLoading, null, {
        timeout: 10_000,
      });
      return await stateOf(page);
    } catch (error) {
      if (attempt > 3 || !/navigation|context was destroyed/.test(`${error}`)) throw error;
    }
  }
}

export async function hasStatus(page: Page, status: AuthStatus): Promise<void> {
  await page.waitForFunction((wanted) => window.client?.getState().status === wanted, status, {
    timeout: 10_000,
  });
}

/** The state, with an error as data. */
export function stateOf(page: Page): Promise<AuthState> {
  return page.evaluate(() => {
    const state = window.client.getState();
    return {
      ...state,
      error: state.error && {
        code: state.error.code,
        message: state.error.message,
        reason: state.error.reason,
      },
    } as AuthState;
  });
}

/** Clicks on Sign in, as it were, and comes back. */
export async function signIn(page: Page, returnTo?: string): Promise<AuthState> {
  await Promise.all([
    page.waitForNavigation(),
    page.evaluate(
      (path) => void window.client.login(path === undefined ? undefined : { returnTo: path }),
      returnTo,
    ),
  ]);
  return settled(page);
}

/** The token, or the code of the error. */
export function tokenOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    window.client.getToken().catch((error: { code: string }) => `error: ${error.code}`),
  );
}

/** Moves the page's clock on, as if it had slept: nobody has to wait for a token to expire. */
export async function later(page: Page, seconds: number): Promise<void> {
  await page.evaluate((by) => {
    const { now } = Date;
    Date.now = () => now() + by * 1000;
  }, seconds);
}
