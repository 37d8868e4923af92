import { findPython, installCommand } from "../examples/fastapi/python.ts";
import { expect, jonas, mina, navigate, shelf, signIn, signInButton, test } from "./support/test.ts";

test.skip(
  findPython() === undefined,
  `FastAPI for Python is not installed; to install it: ${installCommand}`,
);

test.use({ api: "fastapi" });

test("signed in, the shelf shows the books of the API in Python", async ({ page }) => {
  await page.goto("/");
  await expect(signInButton(page)).toBeVisible();
  await signIn(page, mina);
  expect(await shelf(page)).toContain("Middlemarch");
});

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
  test.use({ expectedErrors: { patterns: [/Failed to load resource.*40[013]/] } });

  test("the one who may not is refused by the API, with the reason", async ({ page }) => {
    await signIn(page, jonas);
    await navigate(page, "Add a book");
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
  });

  test("the page of the token shows what the API makes of it, whole and broken", async ({ page }) => {
    await signIn(page, mina);
    await navigate(page, "Access token");
    await expect(page.getByTestId("verdict")).toContainText("Accepted");
    const refusals = [
      ["Expired", "token_expired"],
      ["For another API", "audience_wrong"],
      ["The ID token instead", "audience_wrong"],
      ["One flipped character", "signature_invalid"],
      ["alg: none", "algorithm_not_allowed"],
      ["No token at all", "token_missing"],
    ] as const;
    for (const [way, code] of refusals) {
      await page.getByRole("radio", { name: way }).check();
      await expect(page.getByTestId("verdict"), way).toContainText(code);
      await expect(page.getByTestId("answer"), way).toContainText("401");
      await expect(page.getByTestId("answer"), way).toContainText("WWW-Authenticate");
    }
  });
});
