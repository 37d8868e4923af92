import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { expect, fillSignIn, jonas, mina, shelf, signIn, signInButton, test } from "./support/test.ts";

test("someone registers, and is signed in with their name", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("main").getByRole("button", { name: "Register" }).first().click();
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("Bell");
  await page.getByLabel("E-mail").fill("nora@bookstore.example");
  await page.getByLabel("Password").fill("seven quiet lighthouses");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Good to see you, Nora.")).toBeVisible();
  expect(await shelf(page)).not.toEqual([]);
});

test("registration says what is wrong with what was typed, and keeps it", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("main").getByRole("button", { name: "Register" }).first().click();
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("Bell");
  await page.getByLabel("E-mail").fill("nora2@bookstore.example");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.locator("#password-error")).toContainText("15");
  await expect(page.getByLabel("E-mail")).toHaveValue("nora2@bookstore.example");
});

test("a person signs in and sees the books", async ({ page }) => {
  await signIn(page, mina);
  await expect(page.getByText("Good to see you, Mina.")).toBeVisible();
  expect((await shelf(page)).length).toBeGreaterThan(3);
  expect(new URL(page.url()).search, "nothing of the sign-in stays in the address").toBe("");
});

test("a wrong password is refused in words that do not say which half was wrong", async ({ page }) => {
  await page.goto("/");
  await signInButton(page).click();
  await fillSignIn(page, { email: jonas.email, password: "not the right password" });
  await expect(page.getByText("The e-mail address or the password is not right.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(jonas.email);
  await page.getByLabel("Password").fill(jonas.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Good to see you, Jonas.")).toBeVisible();
});

test("a deep link is kept through the sign-in", async ({ page }) => {
  await page.goto("/books/new?from=newsletter");
  await signInButton(page).click();
  await fillSignIn(page, mina);
  await expect(page.getByRole("heading", { name: "Add a book" })).toBeVisible();
  expect(page.url()).toContain("/books/new?from=newsletter");
});

test("the back button after signing in leads to no error, and the session is still there", async ({
  page,
}) => {
  await signIn(page, mina);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText(/went wrong|did not work|cannot go on/i)).toHaveCount(0);
  await page.goto("/books");
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
});

test("a sign-in that is denied leads back to a page that says so and offers another try", async ({
  page,
  bookstore,
}) => {
  await bookstore.control({ prompt: "consent_required" });
  await page.goto("/");
  await signInButton(page).click();
  await fillSignIn(page, mina);
  await page.getByRole("button", { name: /deny|cancel/i }).click();
  await expect(page.getByText("You did not sign in")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
});

test("a callback with a state that is not ours is left alone, and signs nobody in", async ({ page }) => {
  await page.goto("/?code=stolen&state=someone-elses");
  await expect(signInButton(page)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Your account/ })).toHaveCount(0);
});

test("a callback opened again from the history asks for no second token", async ({ page, bookstore }) => {
  const callbacks: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (request.isNavigationRequest() && url.searchParams.has("code")) callbacks.push(request.url());
  });
  await signIn(page, mina);
  expect(callbacks).toHaveLength(1);
  const before = (await bookstore.requests()).token ?? 0;
  await page.goto(callbacks[0] as string);
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
  expect(
    (await bookstore.requests()).token ?? 0,
    "one refresh to survive the reload, nothing else",
  ).toBeLessThanOrEqual(before + 1);
});

test("with cookies blocked at the identity server, a page says so and offers the way on", async ({
  bookstore,
  launchOptions,
}) => {
  const profile = await mkdtemp(join(tmpdir(), "hallpass-profile-"));
  const blocked = { [`${bookstore.issuer},*`]: { setting: 2 } };
  await mkdir(join(profile, "Default"));
  await writeFile(
    join(profile, "Default", "Preferences"),
    JSON.stringify({ profile: { content_settings: { exceptions: { cookies: blocked } } } }),
  );
  const browser = await chromium.launchPersistentContext(profile, launchOptions);
  try {
    const page = await browser.newPage();
    await page.goto(bookstore.webUrl);
    await signInButton(page).click();
    await expect(page.getByRole("main")).toContainText(/cookies/i);
    expect(page.url()).toContain(bookstore.issuer);
    await page.getByRole("link", { name: "Back to Marginalia" }).click();
    await expect(signInButton(page)).toBeVisible();
  } finally {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  }
});
