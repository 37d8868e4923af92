import { type Browser, createBrowser, type Page } from "../../packages/identity/test/browser.ts";
import { arrived } from "../../packages/identity/test/identity.ts";
import { ada } from "./identity.ts";

/** Goes to the identity server and answers its first page, if it asks anything; where that leads, elsewhere. */
export async function passThrough(
  url: string | URL,
  answer: Record<string, string> = ada,
  browser: Browser = createBrowser(),
): Promise<URL> {
  const page = await browser.open(String(url));
  return page.leftFor ?? arrived(await browser.submit(page, answer));
}

/** Follows redirects wherever they lead, from an address or from a page that was submitted. */
export async function follow(browser: Browser, from: string | Page): Promise<Page> {
  let page = typeof from === "string" ? await browser.open(from) : from;
  while (page.leftFor) page = await browser.open(page.leftFor.href);
  return page;
}
