import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  claimsOf,
  exchange,
  OTHER_AUDIENCE,
  PASSWORD,
  REDIRECT_URI,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity();
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

describe("the audience", () => {
  test.each([
    ["one", AUDIENCE, [AUDIENCE]],
    ["empty, as Kinde's React SDK sends it", "", []],
    ["left out", undefined, []],
    ["two, joined by a space", `${AUDIENCE} ${OTHER_AUDIENCE}`, [AUDIENCE, OTHER_AUDIENCE]],
    ["repeated, as Kinde's TypeScript SDK sends it", [AUDIENCE, OTHER_AUDIENCE], [AUDIENCE, OTHER_AUDIENCE]],
    ["a name that is no URL", OTHER_AUDIENCE, [OTHER_AUDIENCE]],
  ])("%s", async (_title, audience, expected) => {
    const { body } = await tokensFor(running, { audience });
    expect(claimsOf(body.access_token).aud).toEqual(expected);
    const renewed = await refresh(issuer, body.refresh_token);
    expect(claimsOf(renewed.body.access_token).aud).toEqual(expected);
  });

  test("may be written as resource, in RFC 8707's way, at both endpoints", async () => {
    const request = authorizationRequest(issuer, { audience: undefined, resource: AUDIENCE });
    const callback = await signIn(running.browser(), request);
    const { body } = await exchange(issuer, request, callback, { resource: AUDIENCE });
    expect(claimsOf(body.access_token).aud).toEqual([AUDIENCE]);
  });

  test("that is not registered sends the browser back with an error that names it", async () => {
    const page = await running
      .browser()
      .open(authorizationRequest(issuer, { audience: "https://typo.bookstore.example" }).url);
    const answer = arrived(page).searchParams;
    expect(answer.get("error")).toBe("invalid_target");
    expect(answer.get("error_description")).toContain("'https://typo.bookstore.example' is not registered");
    expect(answer.get("code")).toBeNull();
  });

  test("that was not asked for at sign-in cannot be added at the token endpoint", async () => {
    const { body } = await tokensFor(running);
    const answer = await refresh(issuer, body.refresh_token, { audience: OTHER_AUDIENCE });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe("invalid_target");
    expect(answer.body.error_description).toContain(OTHER_AUDIENCE);
    expect((await refresh(issuer, body.refresh_token)).status).toBe(200);
  });
});

describe("scopes", () => {
  test("those of an API come with its audience, and unknown ones are left out", async () => {
    const scope = "openid books:read books:unknown";
    const { body } = await tokensFor(running, { scope });
    expect(claimsOf(body.access_token)).toMatchObject({
      scope: "openid books:read",
      scp: ["openid", "books:read"],
    });
    const elsewhere = await tokensFor(running, { scope, audience: "warehouse" });
    expect(claimsOf(elsewhere.body.access_token)).toMatchObject({ scope: "openid", scp: ["openid"] });
  });

  test.each(["offline", "offline_access"])("%s gives a refresh token", async (scope) => {
    const { body } = await tokensFor(running, { scope: `openid ${scope}` });
    expect(body.refresh_token).toEqual(expect.any(String));
    const again = await refresh(issuer, body.refresh_token, { scope: `openid ${scope}` });
    expect(again.status).toBe(200);
  });

  test("without either of them there is no refresh token", async () => {
    const { body } = await tokensFor(running, { scope: "openid profile" });
    expect(body.refresh_token).toBeUndefined();
    expect(body.id_token).toEqual(expect.any(String));
  });

  test("the ID token tells what its scopes ask for and no more", async () => {
    const { body } = await tokensFor(running, { scope: "openid email" });
    const claims = claimsOf(body.id_token);
    expect(claims).toMatchObject({ email: "ada@example.com", org_codes: ["org_bookstore", "org_library"] });
    expect(claims).not.toHaveProperty("given_name");
    expect(claims).not.toHaveProperty("picture");
  });

  test("a refresh may ask for less, never for more", async () => {
    const { body } = await tokensFor(running, { scope: "openid email offline" });
    const more = await refresh(issuer, body.refresh_token, { scope: "openid profile" });
    expect(more.body.error).toBe("invalid_scope");
    const less = await refresh(issuer, body.refresh_token, { scope: "openid" });
    expect(claimsOf(less.body.access_token).scp).toEqual(["openid"]);
  });
});

describe("prompts", () => {
  test("prompt=none without a session is login_required, at the application", async () => {
    const request = authorizationRequest(issuer, { prompt: "none" });
    const answer = arrived(await running.browser().open(request.url)).searchParams;
    expect(Object.fromEntries(answer)).toMatchObject({
      error: "login_required",
      state: request.state,
      iss: issuer,
    });
  });

  test("prompt=none with a session gives a code, with an audience of its own", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const silent = authorizationRequest(issuer, { prompt: "none", audience: OTHER_AUDIENCE });
    const callback = arrived(await browser.open(silent.url));
    const { body } = await exchange(issuer, silent, callback);
    expect(claimsOf(body.access_token).aud).toEqual([OTHER_AUDIENCE]);
  });

  test("somebody with a session is not asked again", async () => {
    const browser = running.browser();
    const first = await tokensFor(running, {}, browser);
    const second = await tokensFor(running, {}, browser);
    expect(claimsOf(second.body.access_token)).toMatchObject({
      sid: claimsOf(first.body.access_token).sid,
      auth_time: claimsOf(first.body.access_token).auth_time,
    });
  });

  test.each(["login", "select_account"])("prompt=%s asks again", async (prompt) => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const page = await browser.open(authorizationRequest(issuer, { prompt }).url);
    expect(page.html).toContain("Sign in");
    arrived(await browser.submit(page, { email: "ada@example.com", password: PASSWORD }));
  });

  test.each([{ prompt: "create" }, { start_page: "registration" }])(
    "%j leads to registration",
    async (how) => {
      const page = await running.browser().open(authorizationRequest(issuer, how).url);
      expect(page.html).toContain("Create an account");
    },
  );

  test("login_hint fills in the address, whatever else it may be", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer, { login_hint: "ada@example.com" }).url);
    expect(page.html).toContain('value="ada@example.com"');
    const phone = await browser.open(authorizationRequest(issuer, { login_hint: "phone:+44:gb" }).url);
    expect(phone.html).not.toContain("phone:");
    const markup = await browser.open(authorizationRequest(issuer, { login_hint: '"><script>@x' }).url);
    expect(markup.html).not.toContain("<script>");
  });

  test("a form may be posted to the authorization endpoint", async () => {
    const { url } = authorizationRequest(issuer);
    const page = await running.browser().open(`${issuer}/oauth2/auth`, {
      method: "POST",
      body: new URL(url).searchParams,
    });
    expect(page.html).toContain("Sign in");
  });
});

describe("organizations", () => {
  test("org_code chooses one of the user's", async () => {
    const { body } = await tokensFor(running, { org_code: "org_library" });
    expect(claimsOf(body.access_token)).toMatchObject({
      org_code: "org_library",
      permissions: ["read:books"],
      roles: [expect.objectContaining({ key: "reader" })],
    });
    const renewed = await refresh(issuer, body.refresh_token);
    expect(claimsOf(renewed.body.access_token).org_code).toBe("org_library");
  });

  test("is_create_org with a name makes one for somebody who registers", async () => {
    const browser = running.browser();
    const request = authorizationRequest(issuer, {
      start_page: "registration",
      is_create_org: "true",
      org_name: "Difference Engines",
    });
    const form = await browser.open(request.url);
    const callback = arrived(
      await browser.submit(form, {
        givenName: "Charles",
        familyName: "Babbage",
        email: "charles@example.com",
        password: PASSWORD,
      }),
    );
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.access_token)).toMatchObject({
      org_name: "Difference Engines",
      org_code: expect.stringMatching(/^org_/),
    });
  });

  test("is_create_org asks somebody who is signed in for the name", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    const request = authorizationRequest(issuer, { is_create_org: "true" });
    const form = await browser.open(request.url);
    expect(form.html).toContain("Create an organization");
    const again = await browser.submit(form, { name: " " });
    expect(again.html).toContain("name");
    const callback = arrived(await browser.submit(again, { name: "Analytical Society" }));
    const { body } = await exchange(issuer, request, callback);
    expect(claimsOf(body.access_token).org_name).toBe("Analytical Society");
  });
});

describe("what an application must not get wrong", () => {
  test("a redirect URI is the registered one, to the letter", async () => {
    for (const foreign of [
      `${REDIRECT_URI}/`,
      "http://localhost:4302/",
      `${REDIRECT_URI}/x`,
      `${REDIRECT_URI}?a=b`,
      "http://localhost:4302.example.com/callback",
      "https://localhost:4302/callback",
      "http://LOCALHOST:4302/callback",
      "http://localhost:4302/CALLBACK",
      "javascript:alert(1)",
    ]) {
      const page = await running.browser().open(authorizationRequest(issuer, { redirect_uri: foreign }).url);
      expect(page.leftFor, foreign).toBeUndefined();
      expect(page.status).toBe(400);
      expect(page.html).toContain("not registered");
    }
  });

  test("an unknown application is told so on a page", async () => {
    const page = await running.browser().open(authorizationRequest(issuer, { client_id: "nobody" }).url);
    expect(page.status).toBe(400);
    expect(page.html).toContain("not known here");
  });

  test("PKCE with S256 is required", async () => {
    const none = authorizationRequest(issuer, {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    expect(arrived(await running.browser().open(none.url)).searchParams.get("error")).toBe("invalid_request");
    const plain = authorizationRequest(issuer, { code_challenge_method: "plain" });
    expect(arrived(await running.browser().open(plain.url)).searchParams.get("error")).toBe(
      "invalid_request",
    );
  });

  test("a code needs the verifier of its challenge, and says what was wrong", async () => {
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const wrong = await exchange(issuer, request, callback, { code_verifier: "x".repeat(43) });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({ error: "invalid_grant" });
    expect(wrong.body.error_description).toContain("code_verifier");
  });

  test("implicit and hybrid flows are off", async () => {
    for (const response_type of ["token", "id_token", "code id_token", "none"]) {
      const page = await running.browser().open(authorizationRequest(issuer, { response_type }).url);
      const answer = new URLSearchParams(page.leftFor?.search || page.leftFor?.hash.slice(1));
      expect(answer.get("error"), response_type).toBe("unsupported_response_type");
    }
    const { body } = await tokenRequest(issuer, { grant_type: "client_credentials" });
    expect(body.error).toBe("unauthorized_client");
  });
});

describe("a redirect URI that is not registered", () => {
  test.each([
    ["http://127.0.0.1:5173", "http://127.0.0.1:5173"],
    [
      "https://elsewhere.example/sorry <b>call us</b>",
      "https://elsewhere.example/sorry%20%3Cb%3Ecall%20us%3C/b%3E",
    ],
    ["no address", "no URL as its redirect URI"],
  ])("%s is shown on a page, to be compared, and nobody is sent there", async (redirect_uri, shown) => {
    const page = await running.browser().open(authorizationRequest(issuer, { redirect_uri }).url);
    expect(page.status).toBe(400);
    expect(page.html).toContain(`the application sent ${shown}.`);
    expect(page.html).toContain("invalid_redirect_uri");
  });
});
