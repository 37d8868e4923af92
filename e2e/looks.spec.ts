import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { chooseBranch, expect, fillSignIn, jonas, mina, signInButton, test } from "./support/test.ts";

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
        await fillSignIn(page, { email: mina.email, password: mina.password });
        await expect(page.getByRole("heading", { name: "Choose an organization" })).toBeVisible();
        await look("choose-organization");
        await chooseBranch(page, "org_harbour");
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

        const request = {
          client_id: bookstore.clientId,
          response_type: "code",
          redirect_uri: bookstore.webUrl,
          scope: "openid",
          code_challenge: "0123456789012345678901234567890123456789012",
          code_challenge_method: "S256",
        };
        const ask = (more: Record<string, string>) =>
          page.goto(`${bookstore.issuer}/oauth2/auth?${new URLSearchParams({ ...request, ...more })}`);
        const heading = (name: string | RegExp) => expect(page.getByRole("heading", { name })).toBeVisible();
        await ask({ is_create_org: "true" });
        await heading("Create an organization");
        await look("create-organization");
        await ask({ org_code: "org_elsewhere" });
        await heading("You are not a member");
        await look("not-a-member");
        const invite = ["invitations", "create", "--organization", "org_fernwood", "--json"];
        const { code } = JSON.parse(await bookstore.hallpass(...invite, "--email", mina.email));
        await ask({ invitation_code: code });
        await heading("Join Marginalia Fernwood");
        await look("invitation");
        await ask({ invitation_code: code, prompt: "create" });
        await heading("Create an account");
        await look("invitation-register");
        await ask({ invitation_code: "none" });
        await heading("This invitation is not valid");
        await look("invitation-refused");
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
