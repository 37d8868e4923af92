import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, formOf, type Page } from "../../test/browser.ts";
import {
  askForDevice,
  DEVICE_CLIENT,
  DEVICE_CONFIG,
  deviceTokenRequest,
  pollAsDevice,
} from "../../test/device.ts";
import {
  AUDIENCE,
  authorizationRequest,
  claimsOf,
  exchange,
  PASSWORD,
  type RunningIdentity,
  signIn,
  startIdentity,
} from "../../test/identity.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { pollsTooSoon } from "./device-polling.ts";
import { removeExpired } from "./entity-store.ts";

const ADA = { email: "ada@example.com", password: PASSWORD };

let folder: string;
let running: RunningIdentity;
let issuer: string;
let db: OpenDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-device-"));
  running = await startIdentity({ dataDir: folder, config: DEVICE_CONFIG });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

/** Enters a code, and arrives at the next page. */
async function enter(userCode: string, browser: Browser = running.browser()): Promise<Page> {
  return await browser.submit(await browser.open(`${issuer}/device`), { user_code: userCode });
}

/** Enters a code and signs in, up to the question. */
async function question(userCode: string, browser: Browser = running.browser()): Promise<Page> {
  const page = await enter(userCode, browser);
  return page.html.includes("Password") ? await browser.submit(page, ADA) : page;
}

async function connected() {
  const { body } = await askForDevice(issuer);
  const browser = running.browser();
  const page = await browser.submit(await question(body.user_code, browser), { decision: "allow" });
  return { body, browser, page };
}

describe("a device", () => {
  test("gets a code for itself and one for its user, in the form that Kinde gives them", async () => {
    const { status, body } = await askForDevice(issuer);
    expect(status).toBe(200);
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${issuer}/device`,
      verification_uri_complete: `${issuer}/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    });
  });

  test("gets tokens once its user has signed in and agreed", async () => {
    const { body } = await askForDevice(issuer);
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("authorization_pending");
    const browser = running.browser();
    const page = await question(body.user_code, browser);
    expect(page.html).toContain("Connect Bookstore TV?");
    expect(page.html).toContain("ada@example.com");
    expect(page.html).toContain("See your e-mail address");
    expect(page.html).toMatch(/A device at <strong>(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)<\/strong>/);
    const done = await browser.submit(page, { decision: "allow" });
    expect(done.html).toContain("Your device is connected");

    const { status, body: tokens } = await pollAsDevice(issuer, body.device_code);
    expect(status).toBe(200);
    expect(claimsOf(tokens.access_token)).toMatchObject({
      aud: [AUDIENCE],
      client_id: DEVICE_CLIENT,
      org_code: "org_bookstore",
      acr: "urn:hallpass:acr:password",
      auth_time: expect.any(Number),
      sid: expect.any(String),
    });
    expect(claimsOf(tokens.id_token)).toMatchObject({ email: "ada@example.com", aud: DEVICE_CLIENT });
    const renewed = await deviceTokenRequest(issuer, {
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token,
    });
    expect(renewed.status).toBe(200);
    const [event] = await listEvents(db);
    expect(event).toMatchObject({ type: "device_sign_in", outcome: "ok", clientId: DEVICE_CLIENT });
  });

  test("is told that its user does not want it", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    const page = await browser.submit(await question(body.user_code, browser), { decision: "deny" });
    expect(page.html).toContain("Your device is not connected");
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("access_denied");
    expect((await enter(body.user_code)).html).toContain("was used already");
  });

  test("is told when its time is over, and so is its user", async () => {
    const { body } = await askForDevice(issuer);
    await expire();
    await removeExpired(db);
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("expired_token");
    expect((await enter(body.user_code)).html).toContain("has expired");
  });

  test("whose time is over while its user signs in is not connected", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    const page = await question(body.user_code, browser);
    await expire();
    expect((await browser.submit(page, { decision: "allow" })).html).toContain("has expired");
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("expired_token");
  });

  test("that asks too often is told to slow down", async () => {
    const { body } = await askForDevice(issuer);
    const poll = async () => (await pollAsDevice(issuer, body.device_code)).body.error;
    expect(await poll()).toBe("authorization_pending");
    // However slow this machine is, the next request comes too soon.
    await db
      .updateTable("device_polls")
      .set({ next_poll_at: Date.now() + 3_600_000 })
      .execute();
    expect(await poll()).toBe("slow_down");
  });

  test("gets its tokens once, of however many requests", async () => {
    const { body } = await connected();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => pollAsDevice(issuer, body.device_code)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.body.error))).toEqual(
      new Set([undefined, "invalid_grant"]),
    );
  });

  test.each([
    ["an application that is not for devices", { client_id: "bookstore-web" }, 400],
    ["an application that nobody knows", { client_id: "nobody" }, 401],
    ["an audience that nobody knows", { audience: "https://typo.example" }, 400],
  ])("of %s gets no code", async (_title, form, status) => {
    const answer = await askForDevice(issuer, form);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toEqual(expect.any(String));
    expect(answer.body.device_code).toBeUndefined();
  });

  test("cannot use another application's code", async () => {
    const { body } = await connected();
    const stolen = await deviceTokenRequest(issuer, {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: body.device_code,
      client_id: "bookstore-web",
    });
    expect(stolen.status).toBe(400);
    expect((await pollAsDevice(issuer, body.device_code)).status).toBe(200);
  });
});

test("a device's pace: five seconds, and five more after each request that came too soon", async () => {
  const now = Date.now();
  const poll = (at: number) => pollsTooSoon(db, "paced", 600, now + at);
  expect(await poll(0)).toBe(false);
  expect(await poll(5_000)).toBe(false);
  expect(await poll(7_000)).toBe(true);
  expect(await poll(12_500)).toBe(true);
  expect(await poll(27_500)).toBe(false);
  expect(await poll(42_500)).toBe(false);
});

describe("the page for the code", () => {
  test("takes it however it is typed", async () => {
    const { body } = await askForDevice(issuer);
    const typed = ` ${body.user_code.toLowerCase().replace("-", " ")} `;
    expect((await enter(typed)).html).toContain("Password");
  });

  test("begins with the code of the address, and waits for somebody to send it", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    const page = await browser.open(body.verification_uri_complete);
    expect(page.html).toContain(`value="${body.user_code}"`);
    expect(page.html).toContain("shows exactly this code");
    expect(page.html).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await browser.submit(page, { user_code: body.user_code })).html).toContain("Password");
  });

  test("shows nothing of an address that could be anything but a code", async () => {
    const page = await running
      .browser()
      .open(`${issuer}/device?user_code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E`);
    expect(page.html).not.toContain("<script");
    const long = await running.browser().open(`${issuer}/device?user_code=${"B".repeat(3000)}`);
    expect(long.html).not.toContain("B".repeat(21));
    const twice = await running.browser().open(`${issuer}/device?user_code=BBBB-BBBB&user_code=CCCC-CCCC`);
    expect(twice.html).toMatch(/name="user_code"[^>]*value=""/);
  });

  test("asks again for one that is missing or wrong", async () => {
    for (const [code, message] of [
      ["", "Please enter the code"],
      ["BBBB-BBBB", "This code is not right"],
      ["%%%", "This code is not right"],
    ] as const) {
      const browser = running.browser();
      const page = await enter(code, browser);
      expect(page.status).toBe(400);
      expect(page.html).toContain(message);
      const { body } = await askForDevice(issuer);
      expect((await browser.submit(page, { user_code: body.user_code })).html).toContain("Password");
    }
  });

  test("takes no code from a page elsewhere", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    await browser.open(`${issuer}/device`);
    for (const xsrf of ["", "guess", "0".repeat(48)]) {
      const forged = await browser.open(`${issuer}/device`, {
        method: "POST",
        body: new URLSearchParams({ user_code: body.user_code, confirm: "yes", xsrf }),
      });
      expect(forged.status).toBe(400);
      expect(forged.html).toContain("Please try again");
    }
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("authorization_pending");
    expect((await enter(body.user_code)).html).toContain("Password");
  });

  test("begins anew when the browser sent no cookie with it", async () => {
    const browser = running.browser();
    const page = await browser.open(`${issuer}/device`);
    browser.clearCookies();
    const again = await browser.submit(page, { user_code: "BBBB-BBBB" });
    expect(again.status).toBe(200);
    const { body } = await askForDevice(issuer);
    expect((await browser.submit(again, { user_code: body.user_code })).html).toContain("Password");
  });

  test("takes each field once", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    const { action, hidden } = formOf((await browser.open(`${issuer}/device`)).html);
    const form = new URLSearchParams({ ...hidden, user_code: body.user_code });
    form.append("user_code", body.user_code);
    const page = await browser.open(issuer + action, { method: "POST", body: form });
    expect(page.status).toBe(400);
    expect(page.html).not.toContain("Password");
  });

  test("agrees for nobody who is signed in already: the question is always asked", async () => {
    const { browser } = await connected();
    const { body } = await askForDevice(issuer);
    const page = await enter(body.user_code, browser);
    expect(page.html).toContain("Connect Bookstore TV?");
    expect((await pollAsDevice(issuer, body.device_code)).body.error).toBe("authorization_pending");
  });

  test("lets the browser that typed a code type it again, and no other", async () => {
    const { body } = await askForDevice(issuer);
    const browser = running.browser();
    await enter(body.user_code, browser);
    const again = await question(body.user_code, browser);
    expect(again.html).toContain("Connect Bookstore TV?");
    expect((await enter(body.user_code)).html).toContain("was used already");
    expect((await browser.submit(again, { decision: "allow" })).html).toContain("is connected");
  });

  test("is for one of two browsers that send a code at the same moment", async () => {
    const { body } = await askForDevice(issuer);
    const browsers = Array.from({ length: 8 }, () => running.browser());
    const pages = await Promise.all(browsers.map((each) => each.open(`${issuer}/device`)));
    const next = await Promise.all(
      browsers.map((each, index) => each.submit(pages[index] as Page, { user_code: body.user_code })),
    );
    expect(next.filter(({ html }) => html.includes("Password"))).toHaveLength(1);
  });
});

describe("a device that is connected", () => {
  const OTHER = { client_id: "other-web", redirect_uri: "http://localhost:4309/callback" };

  async function connect(browser: Browser, form: Record<string, string> = {}) {
    const { body } = await askForDevice(issuer, form);
    const page = await question(body.user_code, browser);
    await browser.submit(page, { decision: "allow" });
    return (
      await deviceTokenRequest(issuer, {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: body.device_code,
        ...(form.client_id === undefined ? {} : { client_id: form.client_id }),
      })
    ).body;
  }
  const renew = (token: string, form: Record<string, string> = {}) =>
    deviceTokenRequest(issuer, { grant_type: "refresh_token", refresh_token: token, ...form });

  test("stays so when its user signs out in the browser, whose own tokens end", async () => {
    const browser = running.browser();
    const request = authorizationRequest(issuer, OTHER);
    const web = await exchange(issuer, request, await signIn(browser, request), OTHER, {
      headers: { origin: "http://localhost:4309" },
    });
    const tv = await connect(browser);
    const same = await connect(browser, { client_id: "other-web" });
    const sids = [web.body, tv, same].map(({ id_token }) => claimsOf(id_token).sid);
    expect(new Set(sids).size).toBe(3);

    await browser.open(`${issuer}/logout`, { headers: { "sec-fetch-site": "none" } });
    const form = { client_id: "other-web" };
    expect((await renew(web.body.refresh_token, form)).body.error).toBe("invalid_grant");
    expect((await renew(same.refresh_token, form)).status).toBe(200);
    expect((await renew(tv.refresh_token)).status).toBe(200);
  });

  test("is one of several, each of which ends by itself", async () => {
    const browser = running.browser();
    const [kitchen, bedroom] = [await connect(browser), await connect(browser)];
    await fetch(`${issuer}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: kitchen.refresh_token, client_id: DEVICE_CLIENT }),
    });
    expect((await renew(kitchen.refresh_token)).body.error).toBe("invalid_grant");
    expect((await renew(bedroom.refresh_token)).status).toBe(200);
  });

  test("ends when its user signs out everywhere", async () => {
    const browser = running.browser();
    const tv = await connect(browser);
    await browser.open(`${issuer}/logout?all_sessions=true`, { headers: { "sec-fetch-site": "none" } });
    expect((await renew(tv.refresh_token)).body.error).toBe("invalid_grant");
  });

  test("needs no scope offline to get its first tokens after the browser is closed", async () => {
    const { body } = await askForDevice(issuer, { scope: "openid email" });
    const browser = running.browser();
    await browser.submit(await question(body.user_code, browser), { decision: "allow" });
    await browser.open(`${issuer}/logout`, { headers: { "sec-fetch-site": "none" } });
    const { status, body: tokens } = await pollAsDevice(issuer, body.device_code);
    expect(status).toBe(200);
    expect(tokens.refresh_token).toBeUndefined();
  });
});

test("neither code is readable in the database", async () => {
  const { body } = await askForDevice(issuer);
  const browser = running.browser();
  await enter(body.user_code, browser);
  const rows = JSON.stringify(await db.selectFrom("provider_entities").selectAll().execute());
  expect(rows).not.toContain(body.device_code);
  expect(rows).not.toContain(body.user_code);
  expect(rows).not.toContain(body.user_code.replace("-", ""));
});

test("what the database knows of a device code is no device code", async () => {
  const { body } = await connected();
  const row = await db
    .selectFrom("provider_entities")
    .select("id_hash")
    .where("model", "=", "DeviceCode")
    .orderBy("expires_at", "desc")
    .executeTakeFirstOrThrow();
  expect((await pollAsDevice(issuer, `#${row.id_hash}`)).body.error).toBe("invalid_grant");
  expect((await pollAsDevice(issuer, body.device_code)).status).toBe(200);
});

test("wrong codes from one source are held up, right ones in between or not", async () => {
  const other = await startIdentity({ config: DEVICE_CONFIG });
  const { body } = await askForDevice(other.issuer);
  const browser = other.browser();
  let page = await browser.open(`${other.issuer}/device`);
  let tries = 0;
  while (page.status !== 429 && tries < 30) {
    tries += 1;
    page = await browser.submit(page, { user_code: "BBBB-BBBB" });
  }
  expect(tries).toBe(11);
  expect(page.html).toContain("Too many wrong codes");
  expect(Number(page.headers.get("retry-after"))).toBeGreaterThan(0);
  const form = await other.browser().open(`${other.issuer}/device`);
  expect(form.status).toBe(200);
  const elsewhere = other.browser();
  const start = await elsewhere.open(`${other.issuer}/device`);
  const refused = await elsewhere.submit(start, { user_code: body.user_code });
  expect(refused.status).toBe(429);
  await other.identity.close();
});

test("discovery names the endpoint and the grant", async () => {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    device_authorization_endpoint: `${issuer}/oauth2/device/auth`,
    grant_types_supported: expect.arrayContaining(["urn:ietf:params:oauth:grant-type:device_code"]),
  });
});

/** Lets all codes run out. */
async function expire(): Promise<void> {
  const rows = await db
    .selectFrom("provider_entities")
    .selectAll()
    .where("model", "=", "DeviceCode")
    .execute();
  const past = Math.floor(Date.now() / 1000) - 10;
  for (const { id_hash, payload } of rows) {
    await db
      .updateTable("provider_entities")
      .set({ payload: JSON.stringify({ ...JSON.parse(payload), exp: past }), expires_at: past * 1000 })
      .where("id_hash", "=", id_hash)
      .execute();
  }
}
