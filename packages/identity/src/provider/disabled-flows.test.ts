import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { APPLICATIONS_CONFIG } from "../../test/applications.ts";
import { type Browser, formOf } from "../../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  CLIENT_ID,
  exchange,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import type { ApplicationConfig, HallpassConfig } from "../settings/index.ts";

const ada = { email: "ada@example.com", password: PASSWORD };

let dataDir: string;
let running: RunningIdentity;
let issuer: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "identity-flows-"));
  running = await startIdentity({ config: APPLICATIONS_CONFIG, dataDir });
  ({ issuer } = running);
});
afterEach(async () => {
  await running.identity.close();
  await rm(dataDir, { recursive: true });
});

/** The same server on the same data and port, with another application in the place of this one. */
async function restart(application?: ApplicationConfig): Promise<void> {
  await running.identity.close();
  const others = APPLICATIONS_CONFIG.applications?.filter(({ clientId }) => clientId !== CLIENT_ID) ?? [];
  const config: HallpassConfig = {
    ...APPLICATIONS_CONFIG,
    applications: application ? [...others, application] : others,
  };
  running = await startIdentity({ config, dataDir, port: Number(new URL(issuer).port) });
  expect(running.issuer).toBe(issuer);
  // The connections of before are closed, which the client may notice only when it uses one.
  await vi.waitUntil(() =>
    fetch(`${issuer}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
}

const MACHINE: ApplicationConfig = {
  clientId: CLIENT_ID,
  type: "machine",
  secret: "8xNqZ2mK7vRtB4wYcJ9hLdS3fGpA6uEoT1iXkW5yQbVzCnMr",
};

/** No code and no token, wherever the browser arrives. */
function expectNothing({ leftFor, html }: { leftFor: URL | undefined; html: string }, what: string): void {
  const answer = `${leftFor?.search ?? ""}${leftFor?.hash ?? ""} ${html}`;
  expect(answer, what).not.toMatch(/[?&#](code|access_token|id_token)=/);
}

describe("what an application may not do stays forbidden", () => {
  test("to a session that is there already", async () => {
    const browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    for (const response_type of ["token", "id_token", "id_token token", "code id_token", "code token"]) {
      const page = await browser.open(authorizationRequest(issuer, { response_type }).url);
      expectNothing(page, response_type);
      const { leftFor } = page;
      const error = new URLSearchParams(leftFor?.search || leftFor?.hash.slice(1)).get("error");
      expect(error, response_type).toBe("unsupported_response_type");
    }
    await restart(MACHINE);
    expectNothing(await browser.open(authorizationRequest(issuer).url), "as a machine");
    expectNothing(await browser.open(authorizationRequest(issuer, { prompt: "none" }).url), "silently");
  });

  test("to a sign-in that was begun before it was forbidden", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    await restart(MACHINE);
    const late = await browser.submit(page, ada);
    expectNothing(late, "the form");
    expect(late.leftFor).toBeUndefined();
    expect(late.status).toBe(400);
  });

  test("to a sign-in whose redirect URI was taken away meanwhile", async () => {
    const begun = running.browser();
    const page = await begun.open(authorizationRequest(issuer).url);
    const web = APPLICATIONS_CONFIG.applications?.find(({ clientId }) => clientId === CLIENT_ID);
    if (!web) throw new Error("There is no application to change.");
    await restart({ ...web, redirectUris: ["http://localhost:4302/elsewhere"] });
    const late = await begun.submit(page, ada);
    expectNothing(late, "the form");
    expect(late.leftFor).toBeUndefined();
    expect(late.status).toBe(400);
  });

  test("to a sign-in, a code and a refresh token of an application that is gone", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const request = authorizationRequest(issuer);
    const callback = await signIn(running.browser(), request);
    const { body } = await tokensFor(running);
    await restart();
    expectNothing(await browser.submit(page, ada), "the form");
    expect((await exchange(issuer, request, callback)).body.access_token).toBeUndefined();
    expect((await refresh(issuer, body.refresh_token)).body.access_token).toBeUndefined();
  });

  test("to a form that is sent again, or says more than it asked", async () => {
    const browser = running.browser();
    const page = await browser.open(authorizationRequest(issuer).url);
    const wishes = { response_type: "token", redirect_uri: "https://evil.example/", scope: "admin" };
    const uid = new URL(page.url).pathname.split("/")[2];
    const resumed = await browser.open(`${issuer}/oauth2/auth/${uid}?${new URLSearchParams(wishes)}`);
    expectNothing(resumed, "an address to go on that says more");
    const again = await browser.open(authorizationRequest(issuer).url);
    const callback = arrived(await browser.submit(again, { ...ada, ...wishes, client_id: "other-web" }));
    expect(callback.href).toMatch(/^http:\/\/localhost:4302\/callback\?code=/);
    expect(callback.hash).toBe("");
    expectNothing(await browser.submit(again, ada), "the same form once more");
  });

  test("to a request object, signed or not, and to one that would have to be fetched", async () => {
    const claims = {
      client_id: CLIENT_ID,
      response_type: "token",
      redirect_uri: "https://evil.example/",
      scope: "openid",
    };
    const secret = new TextEncoder().encode("a secret of thirty-two characters");
    const objects = [
      { request: new UnsecuredJWT(claims).encode() },
      { request: await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(secret) },
      { request_uri: "https://evil.example/request.jwt" },
    ];
    const browser: Browser = running.browser();
    await signIn(browser, authorizationRequest(issuer));
    for (const object of objects) {
      const page = await browser.open(authorizationRequest(issuer, object).url);
      expectNothing(page, JSON.stringify(object));
      const refusal = page.leftFor?.searchParams.get("error") ?? page.html;
      expect(refusal).toMatch(/request(_uri)?_not_supported/);
      if (page.leftFor) expect(page.leftFor.origin).toBe("http://localhost:4302");
    }
  });
});

test("a form's hidden fields say nothing of the flow, so there is nothing to change in them", async () => {
  const page = await running.browser().open(authorizationRequest(issuer).url);
  expect(Object.keys(formOf(page.html).hidden)).toEqual(["csrf"]);
});
