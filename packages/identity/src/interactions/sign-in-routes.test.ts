import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formOf } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  claimsOf,
  exchange,
  HOME,
  ORIGIN,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { listEvents } from "../audit/audit-log.ts";
import { type OpenDatabase, openDatabase } from "../database/index.ts";
import { idHash } from "../provider/entity-store.ts";

let running: RunningIdentity;
let issuer: string;
let folder: string;
let db: OpenDatabase;
const ada = { email: "ada@example.com", password: PASSWORD };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-pages-"));
  running = await startIdentity({ dataDir: folder });
  issuer = running.issuer;
  db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
});
afterAll(async () => {
  await db.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

describe("the sign-in page", () => {
  test("names the application and asks again after a wrong password, without saying which part was wrong", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    expect(page.html).toContain("Bookstore");
    const wrong = await browser.submit(page, { ...ada, password: "not the password of anyone" });
    const nobody = await browser.submit(page, { ...ada, email: "nobody@example.com" });
    expect(wrong.status).toBe(200);
    expect(nobody.status).toBe(200);
    expect(wrong.html.replaceAll("ada@", "x@")).toBe(nobody.html.replaceAll("nobody@", "x@"));
    expect(wrong.html).not.toContain("not the password of anyone");
    arrived(await browser.submit(wrong, ada));
  });

  test("is never the answer to a form, so that the back button has somewhere to go", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const { action, hidden } = formOf(page.html);
    const refused = await browser.send(issuer + action, {
      method: "POST",
      body: new URLSearchParams({ ...hidden, ...ada, password: "not the password of anyone" }),
    });
    expect(refused.status).toBe(303);
    const again = await browser.open(issuer + refused.headers.get("location"));
    expect(again.html).toContain("is not right");
    expect(again.html).toContain('value="ada@example.com"');
    expect((await browser.open(page.url)).html).not.toContain("is not right");
  });

  test("is sent under a strict policy, for no cache and no frame", async () => {
    const { headers } = await running.browser().open(authorizationRequest(issuer).url);
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' ${ORIGIN}; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  });

  test("holds nothing back when too many guesses come", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const guess = { email: "throttled@example.com", password: "a wrong password here" };
    let last = await browser.submit(page, guess);
    for (let tries = 0; tries < 30 && last.status !== 429; tries += 1)
      last = await browser.submit(page, guess);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(last.html).toContain("too many attempts");
  });

  test("keeps what was typed when registration is refused", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer, { prompt: "create" }).url);
    const refused = await browser.submit(page, {
      givenName: "Grace",
      familyName: "<b>Hopper</b>",
      email: "ada@example.com",
      password: PASSWORD,
    });
    expect(refused.html).toContain("already an account");
    expect(refused.html).toContain('value="Grace"');
    expect(refused.html).not.toContain("<b>Hopper");
    expect(refused.html).not.toContain(PASSWORD);
  });

  test("leads to registration and back", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const link = /href="(\/interaction\/[^"]*\/register)"/.exec(page.html)?.[1];
    const registration = await browser.open(issuer + link);
    expect(registration.html).toContain("Create an account");
    const back = /href="(\/interaction\/[^"]*\/sign-in)"/.exec(registration.html)?.[1];
    arrived(await browser.submit(await browser.open(issuer + back), ada));
  });
});

describe("a form", () => {
  test("that another page sends is refused", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const { action, hidden } = formOf(page.html);
    const send = (fields: Record<string, string>, headers: Record<string, string>) =>
      browser.open(issuer + action, {
        method: "POST",
        headers,
        body: new URLSearchParams({ ...fields, ...ada }),
      });
    expect((await send({ csrf: "x" }, {})).status).toBe(403);
    expect((await send({}, {})).status).toBe(403);
    expect((await send(hidden, { origin: "https://evil.example" })).status).toBe(403);
    expect((await send(hidden, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send(hidden, {})).leftFor).toBeDefined();
  });

  test("of one sign-in is not good for another", async () => {
    const browser = running.browser();
    const one = await browser.open(authorizationRequest(issuer).url);
    const two = await browser.open(authorizationRequest(issuer).url);
    const answer = await browser.open(issuer + formOf(two.html).action, {
      method: "POST",
      body: new URLSearchParams({ ...formOf(one.html).hidden, ...ada }),
    });
    expect(answer.status).toBe(403);
  });

  test("is useless in another browser: nobody can be signed in as somebody else", async () => {
    const attacker = running.browser();
    const page = await attacker.open(authorizationRequest(issuer).url);
    const { action, hidden } = formOf(page.html);
    const victim = running.browser();
    const answer = await victim.open(issuer + action, {
      method: "POST",
      body: new URLSearchParams({ ...hidden, ...ada }),
    });
    expect(answer.status).toBe(400);
    expect(answer.leftFor).toBeUndefined();
    const silent = await victim.open(authorizationRequest(issuer, { prompt: "none" }).url);
    expect(arrived(silent).searchParams.get("error")).toBe("login_required");
  });
});

describe("the session", () => {
  test("gets a new id at sign-in, and its cookie is of no use in scripts or on other sites", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const before = [...browser.cookiesFor(`${issuer}/`)];
    await browser.submit(page, ada);
    const session = [...browser.cookiesFor(`${issuer}/`)].find(([name]) => /_session$/.test(name));
    expect(session).toBeDefined();
    expect(before).not.toContainEqual(session);
    const again = await browser.send(authorizationRequest(issuer).url);
    for (const cookie of again.headers.getSetCookie()) {
      expect(cookie.toLowerCase()).toContain("httponly");
      expect(cookie.toLowerCase()).toContain("samesite=lax");
    }
  });

  test("gets another id when the same person signs in again, and the one before is worth nothing", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const before = [...browser.cookiesFor(`${issuer}/`)].filter(([name]) => /_session(\.sig)?$/.test(name));
    const request = authorizationRequest(issuer, { prompt: "login" });
    arrived(await browser.submit(await browser.open(request.url), ada));
    for (const cookie of before) expect([...browser.cookiesFor(`${issuer}/`)]).not.toContainEqual(cookie);
    const answer = await fetch(authorizationRequest(issuer, { prompt: "none" }).url, {
      redirect: "manual",
      headers: { cookie: before.map((pair) => pair.join("=")).join("; ") },
    });
    const { searchParams } = new URL(answer.headers.get("location") ?? "");
    expect(before.length).toBeGreaterThan(0);
    expect(searchParams.get("error")).toBe("login_required");
  });

  test("of somebody else ends when another person signs in, with what it had granted", async () => {
    const browser = running.browser();
    const bob = await tokensFor(running, {}, browser, "bob@example.com");
    const request = authorizationRequest(issuer, { prompt: "login" });
    const callback = arrived(await browser.submit(await browser.open(request.url), ada));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.id_token).email).toBe("ada@example.com");
    expect((await refresh(issuer, bob.body.refresh_token)).body.error).toBe("invalid_grant");
    const silent = authorizationRequest(issuer, { prompt: "none" });
    const quietly = await exchange(issuer, silent, arrived(await browser.open(silent.url)));
    expect(claimsOf(quietly.body.id_token).email).toBe("ada@example.com");
  });

  test("of somebody whose account is gone is no session", async () => {
    const browser = running.browser();
    const form = await browser.open(authorizationRequest(issuer, { prompt: "create" }).url);
    const email = "gone@example.com";
    await browser.submit(form, { givenName: "Gone", familyName: "Soon", email, password: PASSWORD });
    await db.deleteFrom("users").where("email", "=", email).execute();
    const silent = await browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
    expect(arrived(silent).searchParams.get("error")).toBe("login_required");
    arrived(await browser.submit(await browser.open(authorizationRequest(issuer).url), ada));
  });

  test("lets somebody register while another is signed in", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const request = authorizationRequest(issuer, { prompt: "create" });
    const form = await browser.open(request.url);
    const callback = arrived(
      await browser.submit(form, {
        givenName: "Alan",
        familyName: "Turing",
        email: "alan@example.com",
        password: PASSWORD,
      }),
    );
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.id_token).email).toBe("alan@example.com");
  });
});

describe("a page that cannot go on says what happened and offers the way on", () => {
  test("when it was left open for an hour", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const uid = new URL(page.url).pathname.split("/")[2] ?? "";
    const rows = await db
      .selectFrom("provider_entities")
      .selectAll()
      .where("id_hash", "=", idHash(uid))
      .execute();
    expect(rows).toHaveLength(1);
    for (const row of rows) {
      const payload = { ...JSON.parse(row.payload), exp: Math.floor(Date.now() / 1000) - 60 };
      await db
        .updateTable("provider_entities")
        .set({ payload: JSON.stringify(payload), expires_at: Date.now() - 60_000 })
        .where("id_hash", "=", row.id_hash)
        .execute();
    }
    for (const late of [await browser.submit(page, ada), await browser.open(page.url)]) {
      expect(late.status).toBe(400);
      expect(late.html).toContain("expired");
      expect(late.html).toContain(`href="${HOME}"`);
      expect(late.html).toContain("Bookstore");
    }
    browser.clearCookies();
    expect((await browser.open(page.url)).html).toContain("expired");
  });

  test("when cookies are blocked", async () => {
    const browser = running.browser();
    const first = await browser.send(authorizationRequest(issuer).url);
    browser.clearCookies();
    const page = await browser.open(new URL(first.headers.get("location") ?? "", issuer).href);
    expect(page.status).toBe(400);
    expect(page.html).toContain("cookie");
    expect(page.html).toContain(`href="${HOME}"`);
  });

  test("when cookies are blocked at the last step", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const { action, hidden } = formOf(page.html);
    const done = await browser.send(issuer + action, {
      method: "POST",
      body: new URLSearchParams({ ...hidden, ...ada }),
    });
    expect(done.status).toBe(303);
    browser.clearCookies();
    const last = await browser.open(done.headers.get("location") ?? "");
    expect(last.status).toBe(400);
    expect(last.html).toContain("cookie");
    expect(last.html).toContain(`href="${HOME}"`);
  });

  test("when it is opened again after the sign-in, which leads back to the application", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    await browser.submit(page, ada);
    expect(arrived(await browser.open(page.url)).href).toBe(HOME);
    browser.clearCookies();
    const elsewhere = await browser.open(page.url);
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.html).toContain(`href="${HOME}"`);
  });

  test("when nobody knows it", async () => {
    const page = await running.browser().open(`${issuer}/interaction/${"x".repeat(43)}`);
    expect(page.status).toBe(400);
    expect(page.html).toContain("expired");
  });
});

test("the audit log tells what happened, tied together and without anything secret", async () => {
  const bob = { ...ada, email: "bob@example.com" };
  const browser = running.browser();
  const page = await browser.open(authorizationRequest(issuer).url);
  await browser.submit(page, { ...bob, password: "not this password at all" });
  await browser.submit(page, bob);
  await browser.open(`${issuer}/logout`, { headers: { "sec-fetch-site": "none" } });
  const events = await listEvents(db, { limit: 3 });
  expect(events).toMatchObject([
    { type: "sign_out", outcome: "ok", source: "127.0.0.1" },
    { type: "sign_in", outcome: "ok", clientId: "bookstore-web" },
    { type: "sign_in", outcome: "failed" },
  ]);
  expect(events[1]?.correlationId).toBe(events[2]?.correlationId);
  const text = JSON.stringify(events);
  for (const secret of [PASSWORD, "not this password", new URL(page.url).pathname.split("/")[2] ?? "", "@"]) {
    expect(text).not.toContain(secret);
  }
});

describe("consent", () => {
  test("is asked for when the request demands it, and not otherwise", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const request = authorizationRequest(issuer, { prompt: "consent" });
    const page = await browser.open(request.url);
    expect(page.html).toContain("asks for access");
    expect(page.html).toContain("localhost:4302");
    const callback = arrived(await browser.submit(page, { decision: "allow" }));
    expect((await exchange(issuer, request, callback)).status).toBe(200);
  });

  test("denied sends the browser back with access_denied", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const request = authorizationRequest(issuer, { prompt: "consent" });
    const callback = arrived(await browser.submit(await browser.open(request.url), { decision: "deny" }));
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: "access_denied",
      state: request.state,
      iss: issuer,
    });
  });
});
