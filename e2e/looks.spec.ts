import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, fillSignIn, jonas, mina, signInButton, test } from "./support/test.ts";

const sizes = [
  { name: "phone", width: 390, height: 844 },
  { name: "desktop", width: 1280, height: 860 },
];

for (const { name, width, height } of sizes) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${name}, ${colorScheme}`, () => {
      test.use({
        viewport: { width, height },
        colorScheme,
        expectedErrors: { patterns: [/Failed to load resource.*40[0134]/] },
      });

      test.describe.configure({ timeout: 240_000 });

      test("every page is accessible and none scrolls sideways", async ({ page, bookstore }) => {
        const look = (what: string) => inspect(page, `${what}-${name}-${colorScheme}`);
        await page.goto("/");
        await expect(signInButton(page)).toBeVisible();
        await look("landing");

        await signInButton(page).click();
        await expect(page.getByLabel("Password")).toBeVisible();
        await look("sign-in");
        await fillSignIn(page, { email: jonas.email, password: "not the right password" });
        await expect(page.getByText("is not right")).toBeVisible();
        await look("sign-in-refused");
        await page.getByRole("link", { name: "Create an account" }).click();
        await expect(page.getByLabel("First name")).toBeVisible();
        await look("register");
        await page.getByRole("link", { name: "Sign in" }).click();
        await fillSignIn(page, mina);
        await expect(page.locator(".shelf:not(.waiting) .book").first()).toBeVisible();
        await look("shelf");

        await page.getByRole("button", { name: /^Your account/ }).click();
        await look("menu");
        await page.goto("/books/new");
        await expect(page.getByLabel("Title")).toBeVisible();
        await look("add-book");
        await page.goto("/account");
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await look("account");
        await page.goto("/token");
        await expect(page.getByTestId("verdict")).toContainText("Accepted");
        await look("token");
        await page.getByRole("radio", { name: "One flipped character" }).check();
        await expect(page.getByTestId("verdict")).toContainText("signature_invalid");
        await look("token-refused");
        await page.goto("/nowhere");
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await look("not-found");

        await page.goto(bookstore.issuer);
        await expect(page.getByText("bookstore-web").first()).toBeVisible();
        await look("development");
        await page.goto(`${bookstore.issuer}/oauth2/auth?client_id=nobody`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await look("identity-error");
      });
    });
  }
}

async function inspect(page: Page, name: string): Promise<void> {
  const folder = process.env.HALLPASS_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`),
    `axe on ${name}`,
  ).toEqual([]);
}
