import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { APPLICATIONS_CONFIG, basic, JOBS_SECRET, post } from "../test/applications.ts";
import { startIdentity } from "../test/identity.ts";
import { listEvents } from "./audit/audit-log.ts";
import { newClientSecret } from "./credentials/client-secret.ts";
import { openDatabase } from "./database/index.ts";
import { openApplications } from "./open-applications.ts";
import type { ApplicationConfig } from "./settings/index.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "hallpass-applications-"));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

const jobs = (more: Partial<ApplicationConfig>) => ({
  ...APPLICATIONS_CONFIG,
  applications: [{ clientId: "jobs", type: "machine" as const, ...more }],
});

async function startedWith(config = APPLICATIONS_CONFIG): Promise<void> {
  const { identity } = await startIdentity({ config, dataDir });
  await identity.close();
}

/** Whether the application gets a token with each of these secrets, from a server that starts with this configuration. */
async function accepted(config: typeof APPLICATIONS_CONFIG, secrets: readonly string[]): Promise<boolean[]> {
  await using identity = await startIdentity({ config, dataDir }).then((running) => running.identity);
  const answers = await Promise.all(
    secrets.map((secret) =>
      post(`${identity.issuer}/oauth2/token`, { grant_type: "client_credentials" }, basic("jobs", secret)),
    ),
  );
  return answers.map(({ status }) => status === 200);
}

test("lists the applications of the last start, and no secret", async () => {
  await startedWith();
  await using applications = await openApplications({ dataDir });
  const all = await applications.list();
  expect(
    all.map(({ clientId, type, authentication, secrets }) => [
      clientId,
      type,
      authentication,
      secrets.length,
    ]),
  ).toEqual([
    ["bookstore-web", "spa", "none", 0],
    ["jobs", "machine", "secret", 1],
    ["kinde-server", "web", "secret", 1],
    ["other-web", "spa", "none", 0],
    ["phone", "native", "none", 0],
    ["server", "web", "secret", 1],
    ["signer", "machine", "private_key_jwt", 0],
  ]);
  expect(JSON.stringify(all)).not.toContain(JOBS_SECRET);
});

test("says why an application gets no secret", async () => {
  await startedWith({
    ...APPLICATIONS_CONFIG,
    applications: [
      ...(APPLICATIONS_CONFIG.applications ?? []),
      { clientId: "public-web", type: "web", redirectUris: ["http://localhost:4310"] },
    ],
  });
  await using applications = await openApplications({ dataDir });
  for (const [clientId, code, message] of [
    ["nobody", "application_unknown", "hallpass apps list"],
    ["phone", "secret_not_used", '"native", which keeps no secret'],
    ["public-web", "secret_not_used", "confidential: true"],
    ["signer", "secret_not_used", "its keys"],
  ] as const) {
    await expect(applications.addSecret(clientId)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  }
});

test("revokes the only secret without its id, one of two by its id, and none of the configuration", async () => {
  await startedWith(jobs({}));
  await using applications = await openApplications({ dataDir });
  await expect(applications.revokeSecret("jobs")).rejects.toMatchObject({ code: "secret_unknown" });
  const first = await applications.addSecret("jobs");
  expect(await applications.revokeSecret("jobs")).toBe(first.id);
  const [one, two] = [await applications.addSecret("jobs"), await applications.addSecret("jobs")];
  await expect(applications.revokeSecret("jobs")).rejects.toMatchObject({
    code: "secret_unknown",
    message: expect.stringContaining(two.id),
  });
  await expect(applications.revokeSecret("jobs", first.id)).rejects.toMatchObject({ code: "secret_unknown" });
  expect(await applications.revokeSecret("jobs", one.id)).toBe(one.id);
  expect((await applications.find("jobs")).secrets.map(({ id }) => id)).toEqual([two.id]);
  await applications.revokeSecret("jobs");

  await startedWith(jobs({ secret: JOBS_SECRET }));
  await expect(applications.revokeSecret("jobs")).rejects.toMatchObject({ code: "secret_in_settings" });
});

test("writes down who got a secret and who lost one, and nothing of it", async () => {
  await startedWith(jobs({}));
  await using applications = await openApplications({ dataDir });
  const { id, secret } = await applications.addSecret("jobs");
  await applications.revokeSecret("jobs");
  await using db = await openDatabase({ file: join(dataDir, "hallpass.sqlite") });
  const events = await listEvents(db);
  expect(events.map(({ type, clientId, detail }) => [type, clientId, detail])).toEqual([
    ["client_secret_revoked", "jobs", { secret: id }],
    ["client_secret_added", "jobs", { secret: id }],
  ]);
  expect(JSON.stringify(events)).not.toContain(secret);
});

test("the secrets of the configuration follow it, those of the command stay", async () => {
  const next = newClientSecret();
  await startedWith(jobs({}));
  const made = await openApplications({ dataDir }).then(async (applications) => {
    const { secret } = await applications.addSecret("jobs");
    await applications.close();
    return secret;
  });
  const secrets = [JOBS_SECRET, next, made];
  expect(await accepted(jobs({ secret: JOBS_SECRET }), secrets)).toEqual([true, false, true]);
  expect(await accepted(jobs({ secret: next }), secrets)).toEqual([false, true, true]);
  expect(await accepted(jobs({}), secrets)).toEqual([false, false, true]);
  // A secret of the command may move into the configuration.
  expect(await accepted(jobs({ secrets: [made, next] }), secrets)).toEqual([false, true, true]);
  expect(await accepted(jobs({}), secrets)).toEqual([false, false, false]);
});

test("a server does not start when the configuration would make three secrets", async () => {
  await startedWith(jobs({}));
  await using applications = await openApplications({ dataDir });
  await applications.addSecret("jobs");
  const { secret } = await applications.addSecret("jobs");
  await expect(startedWith(jobs({ secret: JOBS_SECRET }))).rejects.toMatchObject({
    code: "settings_invalid",
    message: expect.stringContaining("hallpass apps secret revoke jobs"),
  });
  expect(await accepted(jobs({}), [secret, JOBS_SECRET])).toEqual([true, false]);
});

test("an application that leaves the configuration, or becomes public, loses its secrets", async () => {
  await startedWith(jobs({}));
  await using applications = await openApplications({ dataDir });
  const { secret } = await applications.addSecret("jobs");
  await startedWith({ ...APPLICATIONS_CONFIG, applications: [] });
  expect(await accepted(jobs({}), [secret])).toEqual([false]);
});

test("a folder without data is not made into one", async () => {
  await expect(openApplications({ dataDir: join(dataDir, "elsewhere") })).rejects.toMatchObject({
    code: "data_missing",
  });
});
