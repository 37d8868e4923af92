import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Browser, createBrowser, type Page } from "../packages/identity/test/browser.ts";
import { newcomer } from "../packages/identity/test/identity.ts";
import { freePort } from "../packages/identity/test/processes.ts";
import { AUDIENCE, ada, type Issuer, lin, startIssuer } from "./support/identity.ts";
import { type Program, startProgram } from "./support/program.ts";
import { follow } from "./support/visitor.ts";

const clientId = "bookstore-server";

describe.each([
  ["http", false],
  ["https", true],
])("kinde-node-express over %s", (_name, https) => {
  let issuer: Issuer;
  let app: Program;

  beforeAll(async () => {
    const secret = randomBytes(24).toString("hex");
    const port = await freePort();
    const home = `http://localhost:${port}`;
    issuer = await startIssuer({
      https,
      config: {
        face: "kinde",
        applications: [
          {
            clientId,
            type: "web",
            secret,
            pkce: "optional",
            redirectUris: [`${home}/callback`],
            postLogoutRedirectUris: [home],
          },
        ],
      },
    });
    app = await startProgram("kinde-node-express.ts", {
      ISSUER: issuer.url,
      CLIENT_ID: clientId,
      CLIENT_SECRET: secret,
      AUDIENCE,
      PORT: String(port),
      ...(issuer.certificateFile && { NODE_EXTRA_CA_CERTS: issuer.certificateFile }),
    });
  });
  afterEach(() => expect(issuer.events.filter(({ type }) => type === "server_error")).toEqual([]));
  afterAll(async () => {
    await app?.stop();
    await issuer?.close();
  });

  const visitor = () => createBrowser({ reach: issuer.reach });

  /** Leaves for the identity server and answers its first page. */
  async function enter(browser: Browser, path: string, answer: Record<string, string> = ada): Promise<Page> {
    return await follow(browser, await browser.submit(await follow(browser, app.url + path), answer));
  }

  const shown = async (browser: Browser, path: string) =>
    JSON.parse((await follow(browser, app.url + path)).html);

  test("signs in, and knows the profile, permissions, flags and organizations", async () => {
    const browser = visitor();
    const arrived = await enter(browser, "/login");
    expect(JSON.parse(arrived.html)).toEqual({ home: true });
    expect(await shown(browser, "/profile")).toMatchObject({
      id: expect.stringMatching(/^kp_/),
      email: ada.email,
      given_name: "Ada",
      family_name: "Lovelace",
    });
    expect(await shown(browser, "/shelf")).toEqual({
      organization: { orgCode: "org_bookstore" },
      organizations: { orgCodes: ["org_bookstore"] },
      permissions: { permissions: ["create:books", "read:books"], orgCode: "org_bookstore" },
      shelves: { code: "shelves", type: "number", value: 3, is_default: false },
      name: "The Bookstore",
    });
  });

  test("registers", async () => {
    const browser = visitor();
    const grace = newcomer(`${randomBytes(8).toString("hex")}@example.com`);
    await enter(browser, "/register", grace);
    expect(await shown(browser, "/profile")).toMatchObject({
      email: grace.email,
      given_name: grace.givenName,
    });
  });

  test("signs in to the organization that it names, and creates one", async () => {
    const browser = visitor();
    await enter(browser, "/login?org_code=org_library", lin);
    expect(await shown(browser, "/shelf")).toMatchObject({
      permissions: { permissions: ["read:books"], orgCode: "org_library" },
    });
    const founder = visitor();
    const grace = newcomer(`${randomBytes(8).toString("hex")}@example.com`);
    await enter(founder, "/create?org_name=The%20Printers", grace);
    expect(await shown(founder, "/shelf")).toMatchObject({ name: "The Printers" });
  });

  test("guards a route by session and by bearer token", async () => {
    const browser = visitor();
    expect(await shown(browser, "/shelf")).toEqual({ home: true });
    await enter(browser, "/login");
    const token = await shown(browser, "/token");
    const call = (authorization: string) => fetch(`${app.url}/token`, { headers: { authorization } });
    expect(await (await call(`Bearer ${token}`)).json()).toBe(token);
    expect((await call("Bearer a.b.c")).status).toBe(403);
  });

  test(`jwtVerify ${https ? "accepts a token of the identity server and nothing else" : "accepts nothing"}`, async () => {
    const browser = visitor();
    await enter(browser, "/login");
    const token = await shown(browser, "/token");
    const call = (bearer: string) =>
      fetch(`${app.url}/api`, { headers: { authorization: `Bearer ${bearer}` } });
    const answer = await call(token);
    expect(answer.status).toBe(https ? 200 : 403);
    if (https) expect(await answer.json()).toEqual({ id: expect.stringMatching(/^kp_/) });
    expect((await call(`${token}x`)).status).toBe(403);
  });

  test("signs out, here and there", async () => {
    const browser = visitor();
    await enter(browser, "/login");
    expect(JSON.parse((await follow(browser, `${app.url}/logout`)).html)).toEqual({ home: true });
    expect(await shown(browser, "/shelf")).toEqual({ home: true });
    const { html } = await follow(browser, `${app.url}/login`);
    expect(html).toContain('name="password"');
  });
});
