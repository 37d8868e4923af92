import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, formOf } from "../test/browser.ts";
import {
  HOSTILE_ROUTES,
  HOSTILE_VALUES,
  type HostileRoute,
  MARKUP,
  NEVER_GOOD,
} from "../test/hostile-parameters.ts";
import {
  authorizationRequest,
  CONFIG,
  CONTROL_SECRET,
  ORIGIN,
  type RunningIdentity,
  startIdentity,
  tokensFor,
} from "../test/identity.ts";
import { routesOf } from "./server.ts";
import type { FaceName } from "./settings/index.ts";

/** Strange, and yet a permission may have such a key. */
const UNUSUAL_NAMES = new Set(["__proto__", "1e999"]);

const FACES: (FaceName | undefined)[] = [undefined, "kinde"];

/** Spellings of an address that are none. */
const MISSPELT = ["%FF", "%zz", "%C0%AF", "..%2f..%2foauth2%2ftoken", "a%2fb%3fc", "x".repeat(150)];

/** Methods whose answers follow from another's, or that say nothing. */
const DERIVED = new Set(["HEAD", "OPTIONS"]);

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

describe.each(FACES)("in the face %s", (face) => {
  let running: RunningIdentity;
  let issuer: string;
  let token: string;

  beforeAll(async () => {
    running = await startIdentity({
      config: { ...CONFIG, ...(face ? { face } : {}) },
      control: { secret: CONTROL_SECRET },
    });
    ({ issuer } = running);
    token = (await tokensFor(running)).body.access_token;
  });
  afterAll(async () => {
    await running.identity.close();
  });

  const own = () =>
    routesOf(running.identity)
      .filter(({ method }) => !DERIVED.has(method))
      .map(({ method, path }) => `${method} ${path}`);

  test("every address of the server has its parameters in the table", () => {
    expect(own().filter((name) => !(name in HOSTILE_ROUTES))).toEqual([]);
  });

  /** The address itself, with what has to be there first. */
  async function ready(name: string, { needs }: HostileRoute, piece?: string) {
    const [method = "", path = ""] = name.split(" ");
    const browser: Browser = running.browser();
    const headers: Record<string, string> = {};
    const fields: Record<string, string> = {};
    let uid = "u".repeat(21);
    if (needs === "sign-in" || needs === "registration") {
      const prompt = needs === "registration" ? { prompt: "create" } : {};
      const page = await browser.open(authorizationRequest(issuer, prompt).url);
      uid = new URL(page.url).pathname.split("/")[2] ?? uid;
      Object.assign(fields, formOf(page.html).hidden);
    }
    if (needs === "session") {
      await tokensFor(running, {}, browser);
      const page = await browser.open(`${issuer}/${path.includes("account") ? "account" : "logout"}`);
      Object.assign(fields, formOf(page.html).hidden);
    }
    if (needs === "access token") headers.authorization = `Bearer ${token}`;
    if (needs === "control secret") headers["hallpass-control"] = CONTROL_SECRET;
    const address = path.replace(":uid", piece ?? uid).replace(":key", piece ?? "seats");
    return { method, address, browser, headers, fields };
  }

  const contexts = new Map<string, Awaited<ReturnType<typeof ready>>>();

  /** The same for each request of an address, until one of them has ended it. */
  async function contextOf(name: string, route: HostileRoute) {
    const found = contexts.get(name);
    const signedIn =
      found && [...found.browser.cookiesFor(issuer).keys()].some((key) => /_session$/.test(key));
    if (found && (route.needs !== "session" || signedIn)) return found;
    const context = await ready(name, route);
    contexts.set(name, context);
    return context;
  }

  async function ask(
    name: string,
    change: (parameters: [string, string][]) => [string, string][],
  ): Promise<Answer> {
    const route = HOSTILE_ROUTES[name] as HostileRoute;
    const { method, address, browser, headers, fields } = await contextOf(name, route);
    const good = Object.entries({ ...route.parameters, ...fields }).filter(([, value]) => value !== "");
    const parameters = change(good);
    const where = route.carriedIn ?? (method === "POST" ? "form" : "query");
    const search = where === "query" ? `?${new URLSearchParams(parameters)}` : "";
    if (where === "json") headers["content-type"] = "application/json";
    const response = await browser.send(`${issuer}${address}${search}`, {
      method,
      headers,
      ...(where === "form" ? { body: new URLSearchParams(parameters) } : {}),
      ...(where === "json" ? { body: JSON.stringify(Object.fromEntries(parameters)) } : {}),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  function expectHarmless({ status, headers, text }: Answer, what: string): void {
    expect(status, what).toBeGreaterThanOrEqual(200);
    expect(status, what).toBeLessThan(500);
    expect(text, what).not.toContain("<script>hostile");
    // To a developer a page may say what was sent; it never leads there.
    expect(text, what).not.toMatch(/(href|src|action)="[^"]*hostile/);
    const all = [...headers].map((header) => header.join(": ")).join("\n");
    expect(all, what).not.toMatch(/hostile=1|<script>/);
    const location = headers.get("location");
    if (location === null) return;
    const { origin } = new URL(location, issuer);
    expect([issuer, ORIGIN], `${what} leads to ${location}`).toContain(origin);
  }

  /** An answer that says what is wrong: an error, or the way to a page that does. */
  function expectRefused({ status, headers }: Answer, what: string): void {
    if (status === 303) return;
    const error = URL.parse(headers.get("location") ?? "")?.searchParams.get("error");
    expect(error ?? status, what).toSatisfy((found) => found === error || (status >= 400 && status < 500));
  }

  // What no face changes is asked in one of them.
  const same = /\/(interaction|assets|\.well-known|_hallpass|account|healthz)\b|\/$/;
  const tested = Object.keys(HOSTILE_ROUTES).filter((name) => face === undefined || !same.test(name));

  test.each(tested)("%s", { timeout: 120_000 }, async (name) => {
    if (!own().includes(name)) return;
    const { parameters = {}, repeatable = [] } = HOSTILE_ROUTES[name] as HostileRoute;
    for (const [title, value] of Object.entries(HOSTILE_VALUES)) {
      const unknown = await ask(name, (good) => [
        ...good,
        ["unknown", value],
        [`unknown[${value.slice(0, 20)}]`, value],
      ]);
      expectHarmless(unknown, `${title} in a parameter that nobody knows`);
      for (const parameter of Object.keys(parameters)) {
        const what = `${title} in ${parameter}`;
        const answer = await ask(name, (good) => [
          ...good.filter(([each]) => each !== parameter),
          [parameter, value],
        ]);
        expectHarmless(answer, what);
        if (NEVER_GOOD.includes(title)) expectRefused(answer, what);
      }
    }
    for (const parameter of Object.keys(parameters)) {
      const twice = await ask(name, (good) => [...good, [parameter, "one"], [parameter, MARKUP]]);
      expectHarmless(twice, `${parameter} three times`);
      if (!repeatable.includes(parameter)) expectRefused(twice, `${parameter} three times`);
      const list = await ask(name, (good) => [
        ...good.filter(([each]) => each !== parameter),
        [`${parameter}[]`, MARKUP],
        [`${parameter}[$ne]`, MARKUP],
      ]);
      expectHarmless(list, `${parameter} as a list`);
    }
  });

  test("an address with something hostile in its variable part is refused", async () => {
    const pieces = [
      ...Object.values(HOSTILE_VALUES).map((value) => encodeURIComponent(Buffer.from(value).toString())),
      ...MISSPELT,
    ];
    for (const name of own().filter((each) => each.includes(":"))) {
      for (const piece of pieces) {
        const { needs } = HOSTILE_ROUTES[name] as HostileRoute;
        const route = needs === "access token" ? { needs } : {};
        const { method, address, browser, headers } = await ready(name, route, piece);
        const response = await browser.send(issuer + address, { method, headers });
        const answer = { status: response.status, headers: response.headers, text: await response.text() };
        const what = `${name} with ${piece.slice(0, 40)}`;
        expectHarmless(answer, what);
        expect(answer.text, what).not.toContain("hostile");
        if (!UNUSUAL_NAMES.has(piece)) expect(answer.status, what).toBeGreaterThanOrEqual(400);
      }
    }
  });

  test("a body of another kind is refused", async () => {
    for (const name of own().filter((each) => each.startsWith("POST"))) {
      const { address, browser, headers } = await ready(name, HOSTILE_ROUTES[name] as HostileRoute);
      for (const type of ["text/xml", "multipart/form-data; boundary=x", "application/json", ""]) {
        const response = await browser.send(issuer + address, {
          method: "POST",
          headers: { ...headers, ...(type ? { "content-type": type } : {}) },
          body: new TextEncoder().encode(
            `{"__proto__":{"hostile":true},"x":"${MARKUP.replaceAll('"', '\\"')}"`,
          ),
        });
        const answer = { status: response.status, headers: response.headers, text: await response.text() };
        expectHarmless(answer, `${name} as ${type}`);
      }
    }
  });
});
