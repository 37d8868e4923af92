import { expect, mina, navigate, signIn, test } from "./support/test.ts";

test.use({ expectedErrors: { patterns: [/Failed to load resource.*401/] } });

test("a refused token", async ({ page }) => {
  await signIn(page, mina);
  await navigate(page, "Access token");
  await page.getByRole("radio", { name: "For another API" }).check();
  await expect(page.getByTestId("verdict")).toContainText("audience_wrong");
  await page.screenshot({ path: "docs/images/refused.png", animations: "disabled" });
});
