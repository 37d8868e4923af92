import {
  expect,
  jonas,
  mina,
  navigate,
  secondTab,
  signIn,
  signInButton,
  signOut,
  test,
} from "./support/test.ts";

test("a reload keeps the session, with one token request", async ({ page, bookstore }) => {
  await signIn(page, mina);
  await bookstore.heal();
  await page.reload();
  await expect(page.getByText("Good to see you, Mina.")).toBeVisible();
  expect((await bookstore.requests()).token).toBe(1);
});

test("no refresh token is anywhere that a script could read it", async ({ page, bookstore }) => {
  const answers: string[] = [];
  await page.route(`${bookstore.issuer}/oauth2/token`, async (route) => {
    const response = await route.fetch();
    answers.push(await response.text());
    await route.fulfill({ response });
  });
  await signIn(page, mina);
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(stored).not.toContain("refresh");
  expect(stored).not.toMatch(/eyJ[\w-]{20}/);
  expect(answers.length).toBeGreaterThan(0);
  for (const text of answers) expect(text).not.toContain("refresh_token");
});

test("a second tab is signed in too", async ({ page, context }) => {
  await signIn(page, mina);
  const tab = await secondTab(context, "/books");
  await expect(tab.getByText("Good to see you, Mina.")).toBeVisible();
});

test("signing out in one tab reaches the other", async ({ page, context }) => {
  await signIn(page, mina);
  const tab = await secondTab(context, "/books");
  await expect(tab.getByText("Good to see you, Mina.")).toBeVisible();
  await signOut(page);
  await expect(signInButton(page)).toBeVisible();
  await expect(tab.getByRole("button", { name: "Sign in", exact: true }).first()).toBeVisible();
  await page.reload();
  await expect(signInButton(page)).toBeVisible();
});

test("after signing out, signing in asks for the password again", async ({ page }) => {
  await signIn(page, mina);
  await signOut(page);
  await signInButton(page).click();
  await expect(page.getByLabel("Password")).toBeVisible();
});

test("an access token that expires is renewed without anybody noticing", async ({ page, bookstore }) => {
  await bookstore.control({ accessTokenLifetime: 8 });
  await signIn(page, mina);
  await bookstore.control({ accessTokenLifetime: 3600 });
  await page.waitForTimeout(9_000);
  await navigate(page, "Add a book");
  await page.getByRole("link", { name: "Back to the shelf" }).click();
  await expect(page.locator(".shelf:not(.waiting) .book").first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("two tabs that refresh at once both stay signed in", async ({ page, context, bookstore }) => {
  await signIn(page, mina);
  const tab = await secondTab(context, "/books");
  await expect(tab.getByText("Good to see you, Mina.")).toBeVisible();
  await Promise.all([page.reload(), tab.reload()]);
  await expect(page.getByText("Good to see you, Mina.")).toBeVisible();
  await expect(tab.getByText("Good to see you, Mina.")).toBeVisible();
  await bookstore.heal();
  await page.reload();
  await expect(page.getByText("Good to see you, Mina.")).toBeVisible();
});

test.describe("when the identity server misbehaves", () => {
  test.use({ expectedErrors: { patterns: [/Failed to load resource/, /blocked by CORS/] } });

  test("a refresh that it refuses signs out", async ({ page, bookstore }) => {
    await signIn(page, jonas);
    await bookstore.control({ refuseNextRefresh: true });
    await page.reload();
    await expect(page.getByRole("button", { name: "Sign in", exact: true }).first()).toBeVisible();
  });

  test("an answer that is lost after the rotation signs nobody out", async ({ page, bookstore }) => {
    await signIn(page, jonas);
    await bookstore.control({ loseNextRefreshAnswer: true });
    await page.reload();
    await expect(page.getByText("Good to see you, Jonas.")).toBeVisible({ timeout: 20_000 });
  });

  test("a token endpoint that is down signs nobody out", async ({ page, bookstore }) => {
    await bookstore.control({ accessTokenLifetime: 8 });
    await signIn(page, jonas);
    await bookstore.control({ token: { status: 500 } });
    await page.waitForTimeout(9_000);
    await expect(page.getByRole("button", { name: /^Your account/ })).toBeVisible();
    await bookstore.control({ token: {}, accessTokenLifetime: 3600 });
    await expect(async () => {
      await navigate(page, "Add a book");
      await page.getByRole("link", { name: "Back to the shelf" }).click();
      await expect(page.locator(".shelf:not(.waiting) .book").first()).toBeVisible({ timeout: 3_000 });
    }).toPass({ timeout: 40_000 });
  });
});
