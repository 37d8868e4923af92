import type { Page } from "playwright-core";

/** Lets the issuer answer the sign-ins of `page` with this, without asking anybody. */
export async function answerWith(page: Page, issuer: string, answer: Record<string, string>): Promise<void> {
  await page.route(/\/(oauth2\/auth|authorize)\?/, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const back = new URL(asked.get("redirect_uri") ?? "");
    const parameters = { ...answer, state: asked.get("state") ?? "", iss: issuer };
    for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value);
    return route.fulfill({ status: 302, headers: { location: back.href } });
  });
}
