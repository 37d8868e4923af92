import crypto from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as oauth from "oauth4webapi";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  APPLICATIONS_CONFIG,
  ASSERTION_TYPE,
  assertion,
  basic,
  JOBS_SECRET,
  KEY_ID,
  post,
  SERVER_SECRET,
  SIGNER_KEY,
} from "../../test/applications.ts";
import { AUDIENCE, ORIGIN, type RunningIdentity, startIdentity } from "../../test/identity.ts";
import { newClientSecret } from "../credentials/client-secret.ts";
import { openApplications } from "../open-applications.ts";

let running: RunningIdentity;
let issuer: string;
const ownName = { grant_type: "client_credentials", audience: AUDIENCE };
const wrongSecret = newClientSecret();

beforeAll(async () => {
  running = await startIdentity({ config: APPLICATIONS_CONFIG });
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

const token = (form: Record<string, string | readonly string[]>, headers?: Record<string, string>) =>
  post(`${issuer}/oauth2/token`, { ...ownName, ...form }, headers);

describe("an application shows who it is", () => {
  test("by its secret in the Authorization header", async () => {
    expect((await token({}, basic("jobs", JOBS_SECRET))).status).toBe(200);
  });

  test("by its secret in the form", async () => {
    expect((await token({ client_id: "jobs", client_secret: JOBS_SECRET })).status).toBe(200);
  });

  test("by a signed assertion", async () => {
    const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(issuer) };
    expect((await token(form)).status).toBe(200);
    const named = { ...form, client_id: "signer", client_assertion: await assertion(issuer) };
    expect((await token(named)).status).toBe(200);
  });

  test.each([
    ["client_secret_basic", "jobs", () => oauth.ClientSecretBasic(JOBS_SECRET)],
    ["client_secret_post", "jobs", () => oauth.ClientSecretPost(JOBS_SECRET)],
    ["private_key_jwt", "signer", () => oauth.PrivateKeyJwt({ key: SIGNER_KEY, kid: KEY_ID })],
  ])("as oauth4webapi does it with %s", async (_method, client_id, authentication) => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const as = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), insecure),
    );
    const client = { client_id };
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      authentication(),
      { audience: AUDIENCE },
      insecure,
    );
    const answer = await oauth.processClientCredentialsResponse(as, client, response);
    expect(answer).toMatchObject({ token_type: "bearer", scope: "books:read", expires_in: 3600 });
  });
});

describe("an application that does not show who it is", () => {
  test("is refused with 401, and asked for Basic where it used it", async () => {
    const inForm = await token({ client_id: "jobs", client_secret: wrongSecret });
    expect(inForm.status).toBe(401);
    expect(inForm.body).toEqual({
      error: "invalid_client",
      error_description: "the client id or the secret is wrong",
    });
    expect(inForm.headers.get("www-authenticate")).toBeNull();
    expect(inForm.headers.get("cache-control")).toBe("no-store");

    const inHeader = await token({}, basic("jobs", wrongSecret));
    expect(inHeader.status).toBe(401);
    expect(inHeader.body).toEqual(inForm.body);
    expect(inHeader.headers.get("www-authenticate")).toBe(`Basic realm="${issuer}", error="invalid_client"`);
  });

  test("gets the same answer as one that does not exist", async () => {
    const answers = [
      await token({}, basic("jobs", wrongSecret)),
      await token({}, basic("nobody", wrongSecret)),
      await token({}, basic("signer", wrongSecret)),
    ];
    const [first] = answers;
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(body).toEqual(first?.body);
      expect(headers.get("www-authenticate")).toBe(first?.headers.get("www-authenticate"));
    }
  });

  test("is told to authenticate when it sends nothing", async () => {
    const withSecret = await token({ client_id: "jobs" });
    expect(withSecret.status).toBe(401);
    expect(withSecret.body).toMatchObject({ error: "invalid_client" });
    expect(withSecret.body.error_description).toContain("secret");
    const withKeys = await token({ client_id: "signer" });
    expect(withKeys.status).toBe(401);
    expect(withKeys.body.error_description).toContain("private_key_jwt");
  });

  test("is told to name itself when it does not", async () => {
    const { status, body } = await token({});
    expect(status).toBe(401);
    expect(body).toEqual({
      error: "invalid_client",
      error_description: "name the application by client_id",
    });
  });

  test("cannot use the secret of another", async () => {
    expect((await token({}, basic("jobs", SERVER_SECRET))).status).toBe(401);
    expect((await token({}, basic("server", JOBS_SECRET))).status).toBe(401);
  });

  test.each([
    ["nothing", ""],
    ["all but the last character", JOBS_SECRET.slice(0, -1)],
    ["one character more", `${JOBS_SECRET}x`],
    ["other case", JOBS_SECRET.toLowerCase()],
    ["NUL", "\u0000"],
    ["much too much", "x".repeat(4000)],
  ])("is refused with a secret of %s", async (_what, secret) => {
    const { status } = await token({ client_id: "jobs", client_secret: secret });
    expect(status).toBe(secret === "\u0000" ? 400 : 401);
  });

  test("a public client that sends a secret is told that it has none", async () => {
    for (const answer of [
      await token({ client_id: "bookstore-web", client_secret: wrongSecret }),
      await token({}, basic("bookstore-web", wrongSecret)),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.body.error_description).toContain("public client");
    }
  });

  test("a page of the application may read why, and no other page", async () => {
    const form = { client_id: "bookstore-web", client_secret: wrongSecret };
    const own = await token(form, { origin: ORIGIN });
    expect(own.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    const grant = await token({ client_id: "bookstore-web" }, { origin: ORIGIN });
    expect(grant.body.error).toBe("unauthorized_client");
    expect(grant.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    const foreign = await token(form, { origin: "https://evil.example" });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("an assertion is not taken from an application that has a secret", async () => {
    const claims = { iss: "jobs", sub: "jobs" };
    const form = {
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await assertion(issuer, { claims }),
    };
    expect((await token(form)).status).toBe(401);
  });
});

describe("credentials that are not clear", () => {
  test.each<[string, Record<string, string | string[]>, Record<string, string>]>([
    ["header and form", { client_id: "jobs", client_secret: JOBS_SECRET }, basic("jobs", JOBS_SECRET)],
    ["header and assertion", { client_assertion: "a.b.c" }, basic("jobs", JOBS_SECRET)],
    [
      "secret and assertion",
      { client_id: "jobs", client_secret: JOBS_SECRET, client_assertion: "a.b.c" },
      {},
    ],
    ["another client id in the form", { client_id: "server" }, basic("jobs", JOBS_SECRET)],
    ["two client ids", { client_id: ["jobs", "jobs"], client_secret: JOBS_SECRET }, {}],
    ["two secrets", { client_id: "jobs", client_secret: [JOBS_SECRET, JOBS_SECRET] }, {}],
    ["an assertion of no type", { client_assertion: "e30.e30.e30" }, {}],
    ["a header of another scheme", {}, { authorization: `Bearer ${JOBS_SECRET}` }],
    ["a header that is no base64", {}, { authorization: "Basic ~~~" }],
    ["a header without a colon", {}, { authorization: `Basic ${btoa("jobs")}` }],
    ["a header without a secret", {}, { authorization: `Basic ${btoa("jobs:")}` }],
    ["a header that is badly encoded", {}, { authorization: `Basic ${btoa("jobs:%E0%A4%A")}` }],
  ])("%s: 400, and nothing is issued", async (_what, form, headers) => {
    const { status, body } = await token(form, headers);
    expect(status).toBe(400);
    expect(body.error).toBe("invalid_request");
    expect(JSON.stringify(body)).not.toContain(JOBS_SECRET);
  });

  test("an id and a secret in the header are form-encoded", async () => {
    const encoded = JOBS_SECRET.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
    expect((await token({}, basic("jobs", encoded))).status).toBe(200);
  });
});

describe("every endpoint that applications call", () => {
  test.each(["revoke", "introspect"])("/oauth2/%s wants the secret too", async (endpoint) => {
    const url = `${issuer}/oauth2/${endpoint}`;
    const { body } = await token({}, basic("jobs", JOBS_SECRET));
    const subjects = endpoint === "introspect" ? [String(body.access_token), "opaque"] : ["opaque"];
    for (const subject of subjects) {
      expect((await post(url, { token: subject, client_id: "jobs" })).status).toBe(401);
      expect((await post(url, { token: subject }, basic("jobs", wrongSecret))).status).toBe(401);
      expect((await post(url, { token: subject }, basic("jobs", JOBS_SECRET))).status).toBe(200);
      const inForm = { token: subject, client_id: "jobs", client_secret: JOBS_SECRET };
      expect((await post(url, inForm)).status).toBe(200);
    }
  });

  test.each(["revoke", "introspect"])("/oauth2/%s takes an assertion", async (endpoint) => {
    const url = `${issuer}/oauth2/${endpoint}`;
    const form = { token: "an-opaque-token", client_assertion_type: ASSERTION_TYPE };
    expect((await post(url, { ...form, client_assertion: await assertion(issuer) })).status).toBe(200);
    const claims = { aud: url };
    expect((await post(url, { ...form, client_assertion: await assertion(issuer, { claims }) })).status).toBe(
      401,
    );
  });
});

describe("the comparison", () => {
  const original = crypto.timingSafeEqual;
  afterEach(() => {
    crypto.timingSafeEqual = original;
    syncBuiltinESMExports();
  });

  test("is in constant time, and of the same steps for a wrong secret and an unknown application", async () => {
    let comparisons = 0;
    crypto.timingSafeEqual = (left, right) => {
      comparisons += 1;
      return original(left, right);
    };
    syncBuiltinESMExports();
    const counts = [];
    for (const headers of [
      basic("jobs", wrongSecret),
      basic("nobody", wrongSecret),
      basic("bookstore-web", wrongSecret),
    ]) {
      comparisons = 0;
      await token({}, headers);
      counts.push(comparisons);
    }
    expect(counts).toEqual([2, 2, 2]);
  });
});

describe("wrong secrets without end", () => {
  test("are held up for their sender and their client id, while the right one works on", async () => {
    await using other = await startIdentity({ config: APPLICATIONS_CONFIG }).then(({ identity }) => identity);
    const url = `${other.issuer}/oauth2/token`;
    const attempt = (client: string, secret: string) => post(url, ownName, basic(client, secret));
    const statuses = new Set<number>();
    let last = await attempt("jobs", wrongSecret);
    for (let count = 0; count < 25 && last.status !== 429; count += 1) {
      statuses.add(last.status);
      last = await attempt("jobs", wrongSecret);
    }
    expect([...statuses]).toEqual([401]);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await attempt("server", wrongSecret)).status).toBe(401);
    expect((await attempt("jobs", JOBS_SECRET)).status).toBe(200);
  });
});

describe("secrets on the disk", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hallpass-secrets-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const onDisk = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("\n");

  test("are hashes, two are valid while one replaces the other, and a revoked one is refused at once", async () => {
    const [machine] = APPLICATIONS_CONFIG.applications?.filter(({ clientId }) => clientId === "jobs") ?? [];
    const { secret: _, ...bare } = machine as NonNullable<typeof machine>;
    const config = { ...APPLICATIONS_CONFIG, applications: [{ ...bare, clientId: "fresh" }, bare] };
    await using server = await startIdentity({ config, dataDir: folder }).then(({ identity }) => identity);
    const url = `${server.issuer}/oauth2/token`;
    const status = async (secret: string) => (await post(url, ownName, basic("jobs", secret))).status;
    await using applications = await openApplications({ dataDir: folder });

    const first = await applications.addSecret("jobs");
    const second = await applications.addSecret("jobs");
    expect(first.secret).toMatch(/^[a-zA-Z0-9]{40,60}$/);
    expect([await status(first.secret), await status(second.secret)]).toEqual([200, 200]);
    await expect(applications.addSecret("jobs")).rejects.toMatchObject({
      code: "secret_limit",
      message: expect.stringContaining("hallpass apps secret list jobs"),
    });

    await applications.revokeSecret("jobs", first.id);
    expect([await status(first.secret), await status(second.secret)]).toEqual([401, 200]);
    const [left] = (await applications.find("jobs")).secrets;
    expect(left).toMatchObject({ id: second.id, fromSettings: false });
    expect(left?.lastUsedAt).toBeGreaterThanOrEqual(left?.createdAt ?? Number.NaN);

    const disk = onDisk();
    expect(disk).toContain(second.id);
    for (const secret of [first.secret, second.secret, wrongSecret]) expect(disk).not.toContain(secret);
  });

  test("neither do those of the configuration stand in the clear, nor what else applications send", async () => {
    await using server = await startIdentity({ config: APPLICATIONS_CONFIG, dataDir: folder }).then(
      ({ identity }) => identity,
    );
    const url = `${server.issuer}/oauth2/token`;
    const sent = await assertion(server.issuer);
    expect((await post(url, ownName, basic("jobs", JOBS_SECRET))).status).toBe(200);
    expect((await post(url, ownName, basic("jobs", wrongSecret))).status).toBe(401);
    const form = { ...ownName, client_assertion_type: ASSERTION_TYPE, client_assertion: sent };
    expect((await post(url, form)).status).toBe(200);
    const disk = onDisk();
    for (const secret of [JOBS_SECRET, SERVER_SECRET, wrongSecret, sent]) expect(disk).not.toContain(secret);
    expect(JSON.stringify(server.describe())).not.toContain(JOBS_SECRET);
  });
});
