import { createHash, randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import type { Bookstore } from "./support/bookstore.ts";
import {
  chooseBranch,
  expect,
  fillSignIn,
  jonas,
  mina,
  navigate,
  signInButton,
  test,
} from "./support/test.ts";

test.use({ expectedErrors: { patterns: [/Failed to load resource.*403/] } });

const theme = (page: Page) => page.locator("html").getAttribute("data-theme");

test("who belongs to both branches chooses one, and the shop is that branch until they switch", async ({
  page,
}) => {
  await page.goto("/");
  await signInButton(page).click();
  await fillSignIn(page, { email: mina.email, password: mina.password });
  await expect(page.getByRole("heading", { name: "Choose an organization" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Marginalia Harbour" })).toBeFocused();
  await chooseBranch(page, "org_fernwood");
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
  await expect.poll(() => theme(page)).toBe("fernwood");

  await page.reload();
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
  expect(await theme(page), "a reload asks nothing and stays").toBe("fernwood");

  await page.getByRole("button", { name: /^Your account/ }).click();
  await page.getByRole("button", { name: /^Switch to/ }).click();
  await expect.poll(() => theme(page)).toBe("harbour");
  await expect(page.getByRole("heading", { name: "The shelf" })).toBeVisible();
});

test("somebody creates an organization and gets a token for it", async ({ page, bookstore }) => {
  const request = authorizationRequest(bookstore, { is_create_org: "true", prompt: "create" });
  await page.goto(request.url);
  await register(page, "founder@bookstore.example");
  await expect(page.getByRole("heading", { name: "Create an organization" })).toBeVisible();
  await page.getByLabel("Name").fill("Friends of the <b>Shelf</b>");
  await page.getByRole("button", { name: "Create" }).click();
  const claims = await claimsAt(page, request, bookstore);
  expect(claims).toMatchObject({ org_name: "Friends of the <b>Shelf</b>" });
});

test("who is not a member is told so, and the application hears of it", async ({ page, bookstore }) => {
  await page.goto(authorizationRequest(bookstore, { org_code: "org_fernwood" }).url);
  await fillSignIn(page, { email: jonas.email, password: jonas.password });
  await expect(
    page.getByRole("heading", { name: "You are not a member of this organization" }),
  ).toBeVisible();
  await page.getByRole("link", { name: "Sign in as somebody else" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "Back to Marginalia" }).click();
  await page.waitForURL((url) => url.searchParams.get("error") === "access_denied");
});
test("the link of an invitation opens the registration, and leads into the organization", async ({
  page,
  bookstore,
}) => {
  const invite = ["invitations", "create", "--organization", "org_fernwood", "--role", "bookseller"];
  const link = await bookstore.hallpass(...invite, "--email", "nils@bookstore.example");
  await page.goto(link);
  await expect(page.getByText("You were invited to Marginalia Fernwood")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("nils@bookstore.example");
  await register(page);
  await expect(page.getByText("Good to see you, Nils.")).toBeVisible();
  await expect.poll(() => theme(page)).toBe("fernwood");
  expect(page.url()).not.toContain("invitation");
  await navigate(page, "Add a book");
  await expect(page.getByLabel("Title")).toBeVisible();

  await page.goto(link);
  await expect(page.getByRole("heading", { name: "You have joined Marginalia Fernwood" })).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Good to see you, Nils.")).toBeVisible();
});

/** Fills in and sends the registration, with an address unless there is one that cannot be changed. */
async function register(page: Page, email?: string): Promise<void> {
  await page.getByLabel("First name").fill("Nils");
  await page.getByLabel("Last name").fill("Berg");
  if (email) await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("eleven lanterns by the pier");
  await page.getByRole("button", { name: /^Create account/ }).click();
}

/** What an application would send, for a test that redeems the code itself. */
function authorizationRequest(
  { issuer, clientId, webUrl, audience }: Bookstore,
  more: Record<string, string>,
) {
  const verifier = randomBytes(32).toString("base64url");
  const parameters = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: webUrl,
    scope: "openid profile email",
    audience,
    state: "of-this-test",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  });
  return { url: `${issuer}/oauth2/auth?${parameters}`, verifier };
}

async function claimsAt(
  page: Page,
  { verifier }: { verifier: string },
  { issuer, clientId, webUrl }: Bookstore,
): Promise<Record<string, unknown>> {
  await page.waitForURL((url) => url.searchParams.has("code"));
  const response = await fetch(`${issuer}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: webUrl,
      code: new URL(page.url()).searchParams.get("code") ?? "",
      code_verifier: verifier,
    }),
  });
  const { access_token: token } = await response.json();
  return JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
}
