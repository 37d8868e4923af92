import { expect, jonas, mina, navigate, shelf, signIn, test } from "./support/test.ts";

test("the one who may adds a book, and it is on the shelf with their mark", async ({ page }) => {
  await signIn(page, mina);
  await navigate(page, "Add a book");
  await page.getByLabel("Title").fill("The Summer Book");
  await page.getByLabel("Author").fill("Tove Jansson");
  await page.getByLabel("Year").fill("1972");
  await page.getByRole("button", { name: "Put it on the shelf" }).click();
  await expect(page.getByText("The Summer Book is on the shelf.")).toBeVisible();
  expect(await shelf(page)).toContain("The Summer Book");
  await expect(page.locator(".book", { hasText: "The Summer Book" })).toContainText("Added by you");
});

test.describe("what the API refuses", () => {
  test.use({ expectedErrors: { patterns: [/Failed to load resource.*40[03]/] } });

  test("the one who may not is refused by the API, with the reason", async ({ page }) => {
    await signIn(page, jonas);
    await navigate(page, "Add a book");
    await expect(page.getByText("Your access token does not hold create:books")).toBeVisible();
    await page.getByLabel("Title").fill("Not mine to add");
    await page.getByLabel("Author").fill("Nobody");
    await page.getByLabel("Year").fill("2001");
    await page.getByRole("button", { name: "Put it on the shelf" }).click();
    const refusal = page.getByRole("alert");
    await expect(refusal).toContainText("create:books");
    await expect(refusal).toContainText("403");
  });

  test("a year that is none is named at its field", async ({ page }) => {
    await signIn(page, mina);
    await navigate(page, "Add a book");
    await page.getByLabel("Title").fill("The Summer Book");
    await page.getByLabel("Author").fill("Tove Jansson");
    await page.getByLabel("Year").fill("long ago");
    await page.getByRole("button", { name: "Put it on the shelf" }).click();
    await expect(page.locator("#year-problem")).toBeVisible();
    await expect(page.getByLabel("Year")).toBeFocused();
  });
});

test("a flag of the organization changes the theme, and switching it asks for no password", async ({
  page,
}) => {
  await signIn(page, mina);
  const theme = () => page.locator("html").getAttribute("data-theme");
  const before = await theme();
  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: /^Switch to/ }).click();
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
  await expect.poll(theme).not.toBe(before);
});
