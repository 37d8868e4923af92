import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, formOf, organizationsOn, type Page } from "../../test/browser.ts";
import {
  type AuthorizationRequest,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  claimsOf,
  exchange,
  newcomer,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
} from "../../test/identity.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { addMember, findUserByEmail, membershipsOf } from "../directory/index.ts";

let running: RunningIdentity;
let issuer: string;
let folder: string;
let db: OpenDatabase;
const ada = { email: "ada@example.com", password: PASSWORD };
const bob = { email: "bob@example.com", password: PASSWORD };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-organizations-"));
  const [bookstore, other] = CONFIG.applications ?? [];
  if (!bookstore || !other) throw new Error("two applications are needed");
  const config = {
    ...CONFIG,
    users: [...(CONFIG.users ?? []), { email: "alone@example.com", password: PASSWORD }],
    applications: [
      bookstore,
      other,
      { ...bookstore, clientId: "members-only", name: "Members only", organization: "required" as const },
    ],
    defaults: { ...CONFIG.defaults, creatorRoles: ["editor"] },
  };
  running = await startIdentity({ dataDir: folder, config });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

const careful = () => running.browser({ choosesOrganization: false });

async function tokenFor(request: AuthorizationRequest, callback: URL, form: Record<string, string> = {}) {
  const { body } = await exchange(issuer, request, callback, form);
  return { ...body, claims: claimsOf(body.access_token) };
}

/** Signs Ada in, who belongs to two organizations, and chooses one of them. */
async function chosen(browser: Browser, organization: string, parameters = {}) {
  const request = authorizationRequest(issuer, parameters);
  const page = await browser.submit(await browser.open(request.url), ada);
  return await tokenFor(request, arrived(await browser.submit(page, { organization })));
}

/** The token of a request that shows no page. */
async function silently(browser: Browser, parameters: Record<string, string | undefined>) {
  const request = authorizationRequest(issuer, { prompt: "none", ...parameters });
  const callback = arrived(await browser.open(request.url));
  expect(callback.searchParams.get("error")).toBeNull();
  return await tokenFor(
    request,
    callback,
    parameters.client_id === undefined ? {} : { client_id: parameters.client_id },
  );
}

const fieldsOf = (url: URL) => Object.fromEntries(url.searchParams);

describe("somebody who belongs to several organizations", () => {
  test("is asked which one after the sign-in, and gets a token for it", async () => {
    const browser = careful();
    const request = authorizationRequest(issuer);
    const page = await browser.submit(await browser.open(request.url), ada);
    expect(page.html).toContain("Choose an organization");
    expect(page.html).toContain("ada@example.com");
    expect(organizationsOn(page)).toEqual(["org_bookstore", "org_library"]);
    const callback = arrived(await browser.submit(page, { organization: "org_library" }));
    const { claims, refresh_token } = await tokenFor(request, callback);
    expect(claims).toMatchObject({ org_code: "org_library", permissions: ["read:books"] });
    const renewed = await refresh(issuer, refresh_token);
    expect(claimsOf(renewed.body.access_token).org_code).toBe("org_library");
  });

  test("is not asked again by a silent renewal, nor by another sign-in of the same session", async () => {
    const browser = careful();
    await chosen(browser, "org_library");
    expect((await silently(browser, {})).claims.org_code).toBe("org_library");
    const request = authorizationRequest(issuer);
    const callback = arrived(await browser.open(request.url));
    expect((await tokenFor(request, callback)).claims.org_code).toBe("org_library");
  });

  test("switches with org_code, silently or not, and stays where they went", async () => {
    const browser = careful();
    await chosen(browser, "org_library");
    expect((await silently(browser, { org_code: "org_bookstore" })).claims.org_code).toBe("org_bookstore");
    expect((await silently(browser, {})).claims.org_code).toBe("org_bookstore");
    const request = authorizationRequest(issuer, { org_code: "org_library" });
    const callback = arrived(await browser.open(request.url));
    expect((await tokenFor(request, callback)).claims.org_code).toBe("org_library");
  });

  test("is not asked when the application names one", async () => {
    const browser = careful();
    const request = authorizationRequest(issuer, { org_code: "org_library" });
    const callback = arrived(await browser.submit(await browser.open(request.url), ada));
    expect((await tokenFor(request, callback)).claims.org_code).toBe("org_library");
  });

  test("is asked again after signing in again, whoever it is", async () => {
    const browser = careful();
    await chosen(browser, "org_library");
    const again = authorizationRequest(issuer, { prompt: "login" });
    expect(organizationsOn(await browser.submit(await browser.open(again.url), ada))).toHaveLength(2);
    const other = authorizationRequest(issuer, { prompt: "select_account" });
    const callback = arrived(await browser.submit(await browser.open(other.url), bob));
    expect((await tokenFor(other, callback)).claims.org_code).toBe("org_bookstore");
  });

  test("is asked by each application, and told so where no page may be shown", async () => {
    const browser = careful();
    await chosen(browser, "org_library");
    const elsewhere = { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" };
    const silent = authorizationRequest(issuer, { ...elsewhere, prompt: "none" });
    expect(fieldsOf(arrived(await browser.open(silent.url)))).toMatchObject({
      error: "interaction_required",
      state: silent.state,
    });
    const request = authorizationRequest(issuer, elsewhere);
    expect(organizationsOn(await browser.open(request.url))).toHaveLength(2);
  });

  test("stays in the one they had when a second one is added", async () => {
    const browser = careful();
    const form = await browser.open(authorizationRequest(issuer, { prompt: "create" }).url);
    arrived(await browser.submit(form, newcomer("second@example.com")));
    const user = await findUserByEmail(db, "second@example.com");
    await addMember(db, { userId: user?.id ?? "", organizationCode: "org_library" });
    expect((await silently(browser, {})).claims.org_code).toBe("org_bookstore");
  });

  test("cannot choose one that was not offered", async () => {
    const browser = careful();
    const create = authorizationRequest(issuer, {
      prompt: "create",
      is_create_org: "true",
      org_name: "Hers",
    });
    const callback = arrived(
      await browser.submit(await browser.open(create.url), newcomer("owner@example.com")),
    );
    const foreign = String((await tokenFor(create, callback)).claims.org_code);
    const page = await browser.submit(
      await browser.open(authorizationRequest(issuer, { prompt: "login" }).url),
      ada,
    );
    for (const organization of [foreign, "org_nowhere", ""]) {
      const refused = await browser.submit(page, { organization });
      expect(organizationsOn(refused)).toEqual(["org_bookstore", "org_library"]);
    }
  });

  test("goes on as somebody else from the page that asks", async () => {
    const browser = careful();
    const request = authorizationRequest(issuer);
    const page = await browser.submit(await browser.open(request.url), ada);
    const other = /href="(\/interaction\/[^"]*\/sign-in)"/.exec(page.html)?.[1];
    const callback = arrived(await browser.submit(await browser.open(issuer + other), bob));
    expect((await tokenFor(request, callback)).claims.org_code).toBe("org_bookstore");
  });
});

describe("somebody who is not a member of the organization that was asked for", () => {
  const stopped = async (browser: Browser, org_code: string) => {
    const request = authorizationRequest(issuer, { org_code });
    const page = await browser.submit(await browser.open(request.url), bob);
    return { request, page };
  };

  test("is told so, in the same words whether it exists or not, and sent back with the reason", async () => {
    const answers: { html: string; fields: Record<string, string> }[] = [];
    for (const code of ["org_library", "org_nowhere"]) {
      const browser = careful();
      const { request, page } = await stopped(browser, code);
      expect(page.status).toBe(403);
      expect(page.html).toContain("You are not a member of this organization");
      expect(page.html).toContain("not_a_member");
      const { action, hidden } = formOf(page.html);
      const html = page.html.replaceAll(hidden.csrf ?? "", "").replaceAll(action.split("/")[2] ?? "", "");
      const { state, ...fields } = fieldsOf(arrived(await browser.submit(page, {})));
      expect(state).toBe(request.state);
      answers.push({ html, fields });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.fields).toEqual({
      error: "access_denied",
      error_description: "the user is not a member of the organization that was asked for",
      iss: issuer,
    });
    expect(JSON.stringify(answers)).not.toContain("org_library");
    const [event] = await listEvents(db, { limit: 1 });
    expect(event).toMatchObject({ type: "organization_refused", outcome: "failed", clientId: CLIENT_ID });
  });

  test("may sign in as somebody who is", async () => {
    const browser = careful();
    const { request, page } = await stopped(browser, "org_library");
    const other = /href="(\/interaction\/[^"]*\/sign-in)"/.exec(page.html)?.[1];
    const callback = arrived(await browser.submit(await browser.open(issuer + other), ada));
    expect((await tokenFor(request, callback)).claims.org_code).toBe("org_library");
  });

  test("is not let in by a session, and the application hears of it where no page may be shown", async () => {
    const browser = careful();
    await signIn(browser, authorizationRequest(issuer), bob);
    const silent = authorizationRequest(issuer, { prompt: "none", org_code: "org_library" });
    expect(fieldsOf(arrived(await browser.open(silent.url)))).toMatchObject({ error: "access_denied" });
    expect((await browser.open(authorizationRequest(issuer, { org_code: "org_library" }).url)).status).toBe(
      403,
    );
  });
});

describe("somebody who belongs to no organization", () => {
  const alone = { email: "alone@example.com", password: PASSWORD };

  test("gets a token without one", async () => {
    const request = authorizationRequest(issuer);
    const { claims } = await tokenFor(request, await signIn(careful(), request, alone));
    expect(claims.org_code).toBeUndefined();
    expect(claims.permissions).toEqual([]);
  });

  test("is told so where the application needs one", async () => {
    const browser = careful();
    const request = authorizationRequest(issuer, { client_id: "members-only" });
    const page = await browser.submit(await browser.open(request.url), alone);
    expect(page.status).toBe(403);
    expect(page.html).toContain("no_organization");
    expect(fieldsOf(arrived(await browser.submit(page, {})))).toMatchObject({
      error: "access_denied",
      error_description: "the user is not a member of any organization, and this application needs one",
    });
  });
});

describe("a new organization", () => {
  const creating = (browser: Browser) =>
    browser.open(authorizationRequest(issuer, { is_create_org: "true" }).url);

  test("has its creator as a member, with the roles of those who create one", async () => {
    const browser = careful();
    const request = authorizationRequest(issuer, { is_create_org: "true", org_code: "org_bookstore" });
    const page = await browser.submit(await browser.open(request.url), bob);
    expect(page.html).toContain("Create an organization");
    const callback = arrived(await browser.submit(page, { name: "Difference Engines" }));
    expect((await tokenFor(request, callback)).claims).toMatchObject({
      org_name: "Difference Engines",
      roles: [expect.objectContaining({ key: "editor" })],
    });
  });

  test("is one, however often its form is sent", async () => {
    const browser = careful();
    const form = await browser.open(authorizationRequest(issuer, { prompt: "create" }).url);
    arrived(await browser.submit(form, newcomer("eager@example.com")));
    const page = await creating(browser);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendOnce(browser, page, { name: "Only One" })),
    );
    expect(answers.every(({ status }) => status === 303)).toBe(true);
    const user = await findUserByEmail(db, "eager@example.com");
    const names = (await membershipsOf(db, user?.id ?? "")).map(({ name }) => name);
    expect(names).toEqual(["The Bookstore", "Only One"]);
  });

  test("needs a name that can be one", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer), bob);
    for (const name of ["", "   ", "two\nlines", "x".repeat(101)]) {
      const refused = await browser.submit(await creating(browser), { name });
      expect(refused.html).toContain("Please give the organization a name");
    }
  });
});

function sendOnce(browser: Browser, page: Page, fields: Record<string, string>): Promise<Response> {
  const { action, hidden } = formOf(page.html);
  return browser.send(issuer + action, {
    method: "POST",
    headers: { origin: issuer },
    body: new URLSearchParams({ ...hidden, ...fields }),
  });
}
