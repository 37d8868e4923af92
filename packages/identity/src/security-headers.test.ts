import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, createBrowser, formOf } from "../test/browser.ts";
import {
  authorizationRequest,
  CONFIG,
  CONTROL_SECRET,
  ORIGIN,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../test/identity.ts";
import { freePort } from "../test/processes.ts";
import { routesOf } from "./server.ts";

/** What may be kept by a cache, because it is the same for everybody. */
const PUBLIC = /^\/(\.well-known|assets)\//;

/** Headers that every answer carries, whatever it is. */
function expectCommon(response: Response, what: string): void {
  const header = (name: string) => response.headers.get(name) ?? "";
  const policy = header("content-security-policy");
  expect(policy, what).toContain("default-src 'none'");
  expect(policy, what).toContain("frame-ancestors 'none'");
  expect(policy, what).toContain("base-uri 'none'");
  expect(policy, what).not.toMatch(/unsafe|\*|https?:(?!\/\/localhost)/);
  expect(header("x-frame-options"), what).toBe("DENY");
  expect(header("x-content-type-options"), what).toBe("nosniff");
  expect(header("referrer-policy"), what).toBe("same-origin");
  expect(header("cross-origin-opener-policy"), what).toBe("same-origin");
  expect(header("x-powered-by"), what).toBe("");
  expect(header("server"), what).toBe("");
  const cacheable = PUBLIC.test(new URL(response.url).pathname) && response.status === 200;
  expect(header("cache-control"), what).toMatch(cacheable ? /^public, max-age=\d+$/ : /^no-store$/);
}

describe.each([undefined, "kinde", "auth0"] as const)("in the face %s", (face) => {
  let running: RunningIdentity;

  beforeAll(async () => {
    running = await startIdentity({
      config: { ...CONFIG, ...(face ? { face } : {}) },
      control: { secret: CONTROL_SECRET },
    });
  });
  afterAll(async () => {
    await running.identity.close();
  });

  test("every address, asked well or badly, answers under the strict policy", async () => {
    const origin = new URL(running.issuer).origin;
    const browser = createBrowser();
    await signIn(browser, authorizationRequest(origin));
    const open = await browser.open(authorizationRequest(origin, { prompt: "login" }).url);
    const uid = new URL(open.url).pathname.split("/")[2] ?? "";
    const asked = new Set<string>();
    for (const { method, path } of routesOf(running.identity)) {
      const address = origin + path.replace(":uid", uid).replace(":key", "seats");
      for (const accept of ["text/html", "application/json"]) {
        const what = `${method} ${path} as ${accept}`;
        const sender: Browser["send"] = path.endsWith("/oauth2/auth/:uid") ? fetch : browser.send;
        expectCommon(await sender(address, { method, headers: { accept, origin: ORIGIN } }), what);
        asked.add(method);
      }
    }
    expect([...asked].sort()).toEqual(expect.arrayContaining(["GET", "OPTIONS", "POST"]));
    for (const path of ["/nothing", "/%2e%2e/x", "/oauth2/token?x", "/oauth2/auth?client_id=nobody"]) {
      for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
        expectCommon(await fetch(origin + path, { method, redirect: "manual" }), `${method} ${path}`);
      }
    }
  });
});

describe("the pages of a sign-in", () => {
  let running: RunningIdentity;
  let issuer: string;

  beforeAll(async () => {
    running = await startIdentity();
    ({ issuer } = running);
  });
  afterAll(async () => {
    await running.identity.close();
  });

  test("load nothing but this server's own stylesheet and icon, without scripts", async () => {
    const browser = createBrowser({ choosesOrganization: false });
    const pages = [
      await browser.open(authorizationRequest(issuer, { prompt: "create" }).url),
      await browser.open(authorizationRequest(issuer).url),
    ];
    const [, entrance] = pages;
    if (!entrance) throw new Error("There is no sign-in page.");
    const credentials = { email: "ada@example.com", password: "seven maples under the hill" };
    pages.push(await browser.submit(entrance, { ...credentials, password: "x" }));
    pages.push(await browser.submit(entrance, credentials));
    pages.push(await browser.open(`${issuer}/account`));
    pages.push(await browser.open(`${issuer}/logout`));
    pages.push(await browser.open(`${issuer}/nothing`));
    for (const { html, url, headers } of pages) {
      expect(html, url).toContain("<h1>");
      expect(html, url).not.toMatch(/<script|<style|<iframe|<object|<embed|\sstyle=|\son[a-z]+=/i);
      const loaded = [...html.matchAll(/<(?:link|img)[^>]*(?:href|src)="([^"]*)"/g)].map(([, path]) => path);
      for (const path of loaded) expect(path, url).toMatch(/^\/assets\//);
      expect(headers.get("content-security-policy"), url).not.toContain("script-src");
    }
  });

  test("let their forms lead to the application and nowhere else", async () => {
    const page = await createBrowser().open(authorizationRequest(issuer).url);
    expect(formOf(page.html).action).toMatch(/^\/interaction\//);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(/form-action ([^;]*)/.exec(policy)?.[1]).toBe(`'self' ${ORIGIN}`);
  });
});

test("under https the browser is told to stay there, and cookies are bound to it", async () => {
  const port = await freePort();
  const { identity } = await startIdentity({
    mode: "production",
    issuer: "https://auth.bookstore.example",
    port,
  });
  try {
    const request = new URL(authorizationRequest("https://auth.bookstore.example").url);
    for (const path of ["/nothing", "/healthz", request.pathname + request.search]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" });
      expect(answer.headers.get("strict-transport-security"), path).toMatch(/^max-age=31536000/);
      for (const cookie of answer.headers.getSetCookie()) expect(cookie.toLowerCase()).toContain("; secure");
    }
  } finally {
    await identity.close();
  }
});
