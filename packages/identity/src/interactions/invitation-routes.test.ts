import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, formOf, type Page } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  claimsOf,
  exchange,
  newcomer,
  PASSWORD,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import {
  type CreateInvitationInput,
  createInvitation,
  findUserByEmail,
  listInvitations,
  membershipsOf,
  revokeInvitation,
} from "../directory/index.ts";

let running: RunningIdentity;
let issuer: string;
let folder: string;
let db: OpenDatabase;
const bob = { email: "bob@example.com", password: PASSWORD };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-invitations-"));
  running = await startIdentity({ dataDir: folder });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

const invite = (more: Partial<CreateInvitationInput> = {}) =>
  createInvitation(db, { organization: "org_library", roles: ["editor"], ...more });

/** The request that Kinde's React SDK makes of `?invitation_code=…`. */
const invited = (code: string, more: Record<string, string | undefined> = {}) =>
  authorizationRequest(issuer, {
    prompt: "create",
    invitation_code: code,
    is_invitation: "true",
    ...more,
  });

const statusOf = async (id: string) => (await listInvitations(db)).find((each) => each.id === id)?.status;

const organizationsOf = async (email: string) =>
  (await membershipsOf(db, (await findUserByEmail(db, email))?.id ?? "")).map(({ code }) => code);

const linkTo = (page: Page, last: string) =>
  issuer + (new RegExp(`href="(/interaction/[^"]*/${last})"`).exec(page.html)?.[1] ?? "");

/** Sends the form of a page to where one of its other buttons leads. */
const submitTo = (browser: Browser, page: Page, last: string) => {
  const { action, hidden } = formOf(page.html);
  return browser.open(new URL(action.replace(/[^/]*$/, last), issuer).href, {
    method: "POST",
    headers: { origin: issuer },
    body: new URLSearchParams(hidden),
  });
};

describe("an invitation", () => {
  test("registers a newcomer into the organization, with its roles and no other membership", async () => {
    const { code, id } = await invite();
    const browser = running.browser();
    const request = invited(code);
    const page = await browser.open(request.url);
    expect(page.html).toContain("You were invited to <strong>The Library</strong>");
    const callback = arrived(await browser.submit(page, newcomer("new@example.com")));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.access_token)).toMatchObject({
      org_code: "org_library",
      roles: [expect.objectContaining({ key: "editor" })],
    });
    expect(claimsOf(body.id_token).org_codes).toEqual(["org_library"]);
    expect(await statusOf(id)).toBe("used");
    const [event] = (await listEvents(db)).filter(({ type }) => type === "invitation_accepted");
    expect(event).toMatchObject({ outcome: "ok", source: "127.0.0.1", detail: { invitation: id } });
  });

  test("for an address is for nobody else, whatever the form says", async () => {
    const { code } = await invite({ email: "Grace@Example.com" });
    const browser = running.browser();
    const request = invited(code);
    const page = await browser.open(request.url);
    expect(page.html).toMatch(/value="Grace@Example\.com"[^>]* readonly/);
    const callback = arrived(await browser.submit(page, newcomer("mallory@example.com")));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.id_token).email).toBe("Grace@Example.com");
    expect(await findUserByEmail(db, "mallory@example.com")).toBeUndefined();
  });

  test("is accepted by somebody who has an account and signs in", async () => {
    const { code } = await invite();
    const browser = running.browser();
    const request = invited(code, { prompt: undefined });
    const page = await browser.open(request.url);
    expect(page.html).toContain("Sign in and join");
    const callback = arrived(await browser.submit(page, bob));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.access_token).org_code).toBe("org_library");
    expect(await organizationsOf(bob.email)).toEqual(["org_bookstore", "org_library"]);
  });

  test("asks somebody who is signed in, and opening it changes nothing", async () => {
    const { code, id } = await invite();
    const browser = running.browser();
    const register = authorizationRequest(issuer, { prompt: "create" });
    arrived(await browser.submit(await browser.open(register.url), newcomer("calm@example.com")));
    const request = invited(code, { prompt: undefined });
    const page = await browser.open(request.url);
    expect(page.html).toContain("Join The Library");
    expect(await statusOf(id)).toBe("open");
    expect(await organizationsOf("calm@example.com")).toEqual(["org_bookstore"]);

    const callback = arrived(await browser.submit(page, {}));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.access_token).org_code).toBe("org_library");

    const again = await browser.open(invited(code, { prompt: undefined }).url);
    expect(again.html).toContain("You have joined The Library");
    arrived(await browser.submit(again, {}));
  });

  test("can be left aside by somebody who is signed in", async () => {
    const { code, id } = await invite();
    const browser = running.browser();
    const register = authorizationRequest(issuer, { prompt: "create" });
    arrived(await browser.submit(await browser.open(register.url), newcomer("wary@example.com")));
    const page = await browser.open(invited(code, { prompt: undefined }).url);
    arrived(await submitTo(browser, page, "without-invitation"));
    expect(await statusOf(id)).toBe("open");
    expect(await organizationsOf("wary@example.com")).toEqual(["org_bookstore"]);
  });

  test("is no reason for a silent sign-in to join anything", async () => {
    const { code, id } = await invite();
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer), bob);
    const silent = arrived(await browser.open(invited(code, { prompt: "none" }).url));
    expect(silent.searchParams.get("error")).toBe("interaction_required");
    expect(await statusOf(id)).toBe("open");
  });

  test("is kept as a hash, also in a sign-in that is under way and in the audit log", async () => {
    const { code } = await invite();
    const browser = running.browser();
    await browser.submit(await browser.open(invited(code).url), { email: "nobody" });
    for (const file of ["hallpass.sqlite", "hallpass.sqlite-wal"]) {
      expect((await readFile(join(folder, file))).includes(code)).toBe(false);
    }
  });
});

describe("an invitation that leads nowhere says why, and the sign-in goes on without it", () => {
  const cases: [string, () => Promise<string>, string][] = [
    ["unknown", async () => "no-such-code", "is not valid"],
    ["hostile", async () => "<b>' or 1=1 --", "is not valid"],
    ["expired", async () => (await invite({ now: Date.now() - 8 * 86_400_000 })).code, "has expired"],
    [
      "revoked",
      async () => {
        const { id, code } = await invite();
        await revokeInvitation(db, id);
        return code;
      },
      "was taken back",
    ],
    [
      "used",
      async () => {
        const { code } = await invite();
        const browser = running.browser();
        const page = await browser.open(invited(code).url);
        arrived(await browser.submit(page, newcomer(`${code.toLowerCase()}@example.com`)));
        return code;
      },
      "was used already",
    ],
  ];

  test.each(cases)("%s", async (_, makeCode, words) => {
    const code = await makeCode();
    const browser = running.browser();
    const page = await browser.open(invited(code, { prompt: undefined }).url);
    expect(page.status).toBe(403);
    expect(page.html).toContain(words);
    expect(page.html).not.toContain("The Library");
    expect(page.html).not.toContain("<b>'");
    const form = await submitTo(browser, page, "without-invitation");
    expect(form.html).toContain("to continue to Bookstore");
    const bobsBefore = await organizationsOf(bob.email);
    arrived(await browser.submit(form, bob));
    expect(await organizationsOf(bob.email)).toEqual(bobsBefore);
  });

  test("another person's", async () => {
    const { code, id } = await invite({ email: "for-her@example.com" });
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer), bob);
    const page = await browser.open(invited(code, { prompt: undefined }).url);
    expect(page.html).toContain("This invitation is for somebody else");
    expect(page.html).toContain("invitation_other_email");
    const form = await browser.open(linkTo(page, "sign-in"));
    expect(form.html).toContain('value="for-her@example.com"');
    // Sending the form of the other page as the wrong person changes nothing either.
    const { hidden } = formOf(page.html);
    await browser.open(
      `${new URL(form.url).origin}${formOf(form.html).action.replace(/[^/]*$/, "invitation")}`,
      {
        method: "POST",
        headers: { origin: issuer },
        body: new URLSearchParams(hidden),
      },
    );
    expect(await statusOf(id)).toBe("open");
  });

  test("one that was used while the form was filled in: no account comes of it", async () => {
    const { code } = await invite();
    const [one, two] = [running.browser(), running.browser()];
    const [first, second] = [await one.open(invited(code).url), await two.open(invited(code).url)];
    arrived(await one.submit(first, newcomer("fast@example.com")));
    const late = await two.submit(second, newcomer("slow@example.com"));
    expect(late.html).toContain("was used already");
    expect(await findUserByEmail(db, "slow@example.com")).toBeUndefined();
  });
});

test("hostile names of organizations and addresses stay text on every page of an invitation", async () => {
  await db
    .insertInto("organizations")
    .values({
      code: "org_evil",
      name: `<img src=x onerror="alert(1)">`,
      from_settings: 0,
      is_default: 0,
      created_at: 1,
    })
    .execute();
  const { code } = await invite({ organization: "org_evil", roles: [], email: "a'&b@example.com" });
  const browser = running.browser();
  const page = await browser.open(invited(code).url);
  expect(page.html).toContain("&lt;img src=x");
  expect(page.html).not.toContain("<img");
  expect((await browser.open(linkTo(page, "sign-in"))).html).not.toContain("<img");
});
