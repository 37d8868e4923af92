import { type BrowserContext, test as base, expect, type Locator, type Page } from "@playwright/test";
import { branchName } from "../../examples/bookstore/branches.ts";
import { people } from "../../examples/bookstore/people.ts";
import { type ApiName, type Bookstore, startBookstore } from "./bookstore.ts";

type Person = { email: string; password: string; organizations?: readonly { code: string }[] };

/** The bookseller, who may add books, and the reader, who may not. */
export const [mina, jonas] = people as unknown as [Required<Person>, Required<Person>];

interface Fixtures {
  /** Texts of console errors that the test means to cause. */
  expectedErrors: { patterns: readonly RegExp[] };
  quietConsole: undefined;
  /** Heals the identity server after each test. */
  healthy: undefined;
}

interface WorkerFixtures {
  /** The API that the shop runs on. */
  api: ApiName;
  bookstore: Bookstore;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  api: ["express", { option: true, scope: "worker" }],
  bookstore: [
    async ({ api }, use) => {
      const bookstore = await startBookstore({ api });
      await use(bookstore);
      await bookstore.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ bookstore }, use) => use(bookstore.webUrl),
  // Wrapped, because Playwright takes a bare list for a value with options.
  expectedErrors: [{ patterns: [] }, { option: true }],
  // A page that complains in its console has a fault, even where all looks well.
  quietConsole: [
    async ({ context, expectedErrors }, use) => {
      const complaints: string[] = [];
      const listen = (page: Page) => {
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("console", (message) => {
          if (message.type() !== "error" && message.type() !== "warning") return;
          complaints.push(`${message.text()} (${message.location().url})`);
        });
      };
      context.pages().forEach(listen);
      context.on("page", listen);
      await use(undefined);
      const unexpected = complaints.filter(
        (text) => !expectedErrors.patterns.some((each) => each.test(text)),
      );
      expect(unexpected, "the console has errors").toEqual([]);
    },
    { auto: true },
  ],
  healthy: [
    async ({ bookstore }, use) => {
      await bookstore.heal();
      await use(undefined);
      await bookstore.heal();
    },
    { auto: true },
  ],
});

export { expect };

/** Fills in and sends the identity server's sign-in form. Who belongs to both branches goes to the first. */
export async function fillSignIn(page: Page, { email, password, organizations = [] }: Person): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  const [first] = organizations;
  if (first && organizations.length > 1) await chooseBranch(page, first.code);
}

/** Answers the identity server's question where to go. */
export function chooseBranch(page: Page, code: string): Promise<void> {
  return page.getByRole("button", { name: branchName(code) }).click();
}

/** Signs in from the landing page, and waits until the shelf is there. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/");
  await signInButton(page).click();
  await fillSignIn(page, person);
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
}

/** A link of the main navigation. */
export function navigate(page: Page, name: string): Promise<void> {
  return page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
}

/** The button of the page that leads to the sign-in. */
export function signInButton(page: Page): Locator {
  return page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).first();
}

/** Opens the menu behind the user's name. */
async function openUserMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Your account/ }).click();
}

/** Signs out, and waits until the identity server has sent the page back. */
export async function signOut(page: Page): Promise<void> {
  await openUserMenu(page);
  // The page shows that nobody is signed in before it leaves for the identity server.
  const back = page.waitForEvent("load");
  await page.getByRole("button", { name: "Sign out" }).click();
  await back;
}

/** Every title on the shelf. */
export async function shelf(page: Page): Promise<string[]> {
  await expect(page.locator(".shelf:not(.waiting) .book h2").first()).toBeVisible();
  return await page.locator(".shelf .book h2").allTextContents();
}

/** A second tab of the same browser. */
export async function secondTab(context: BrowserContext, path: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(path);
  return tab;
}
