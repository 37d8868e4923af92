import { expect, mina, navigate, signIn, test } from "./support/test.ts";

test.use({ expectedErrors: { patterns: [/Failed to load resource.*401/] } });

const refusals = [
  { way: "Expired", code: "token_expired" },
  { way: "For another API", code: "audience_wrong" },
  { way: "The ID token instead", code: "token_type_wrong" },
  { way: "One flipped character", code: "signature_invalid" },
  { way: "alg: none", code: "algorithm_not_allowed" },
  { way: "No token at all", code: "token_missing" },
];

test("the page shows what the API makes of the token, and of it broken in each way", async ({ page }) => {
  await signIn(page, mina);
  await navigate(page, "Access token");
  await expect(page.getByTestId("verdict")).toContainText("Accepted");
  for (const { way, code } of refusals) {
    await page.getByRole("radio", { name: way }).check();
    await expect(page.getByTestId("verdict"), way).toContainText(code);
    await expect(page.getByTestId("answer"), way).toContainText("401");
    await expect(page.getByTestId("answer"), way).toContainText("WWW-Authenticate");
  }
  await page.getByRole("radio", { name: "Intact" }).check();
  await expect(page.getByTestId("verdict")).toContainText("Accepted");
});

test("no sixteen characters of a token are in any log of the three programs", async ({ page, bookstore }) => {
  const tokens: string[] = [];
  page.on("request", (request) => {
    const { authorization } = request.headers();
    if (authorization) tokens.push(authorization.replace("Bearer ", ""));
  });
  await signIn(page, mina);
  await page.goto("/token");
  for (const { way } of refusals) {
    await page.getByRole("radio", { name: way }).check();
    await expect(page.getByTestId("verdict")).toContainText("Refused");
  }
  expect(tokens.length).toBeGreaterThan(5);
  const written = slices(bookstore.log());
  for (const token of tokens) {
    expect([...slices(token)].filter((slice) => written.has(slice))).toEqual([]);
  }
});

/** Every run of sixteen characters in a text. */
function slices(text: string): Set<string> {
  return new Set(
    Array.from({ length: Math.max(0, text.length - 15) }, (_, start) => text.slice(start, start + 16)),
  );
}
