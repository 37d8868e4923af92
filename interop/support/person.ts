import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { ada } from "./identity.ts";

/** Signs in on the identity server's page, where the browser is or is about to be. */
export async function fillSignIn(page: Page, { email, password } = ada): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Creates an account on the identity server's page. */
export async function fillRegistration(page: Page, { email, password } = newcomer()): Promise<void> {
  await page.getByLabel("First name").fill("Grace");
  await page.getByLabel("Last name").fill("Hopper");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** Somebody whom the identity server does not know yet. */
export function newcomer() {
  return { email: `grace-${randomUUID()}@example.com`, password: "nine lamps along the river" };
}
