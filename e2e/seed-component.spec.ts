import { expect, mina, signIn, test } from "./support/test.ts";

test("the component of the protect-your-API guide fetches the books, with only the hook renamed", async ({
  page,
}) => {
  await signIn(page, mina);
  await page.goto("/seed-component/");
  await expect(page.getByText("Signed in", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Fetch the books" }).click();
  await expect(page.getByRole("listitem").first()).toBeVisible();
});
