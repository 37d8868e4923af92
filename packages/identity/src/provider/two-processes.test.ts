import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Browser, createBrowser, formOf, type Page } from "../../test/browser.ts";
import { authorizationRequest, exchange, headerOf, newcomer, refresh, signIn } from "../../test/identity.ts";
import { freePort, type ServerProcess, startProcess } from "../../test/processes.ts";
import { openDatabase } from "../database/index.ts";
import { createInvitation } from "../directory/index.ts";
import { openSigningKeys } from "../key-operations.ts";

let folder: string;
let processes: ServerProcess[];
let issuer: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-processes-"));
  const ports = [await freePort(), await freePort()];
  issuer = `http://localhost:${ports[0]}`;
  // Both at once, on an empty folder: they have to agree on the schema, the keys and the secrets.
  processes = await Promise.all(ports.map((port) => startProcess(folder, issuer, port)));
});
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()));
  await rm(folder, { recursive: true });
});

/** Requests to both processes in turn. */
const twenty = () => Array.from({ length: 20 }, (_, index) => processes[index % 2]?.url ?? "");

test("two processes that start at once have one signing key", async () => {
  const [one, two] = await Promise.all(
    processes.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks`)).json()),
  );
  expect(one).toEqual(two);
});

test("two processes follow a rotation of the keys, and know each other's tokens at once", async () => {
  const [one, two] = processes;
  if (!one || !two) throw new Error("there are not two processes");
  const kids = async ({ url }: ServerProcess) => {
    const { keys } = (await (await fetch(`${url}/.well-known/jwks`)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const before = await kids(one);
  await using keys = await openSigningKeys({ dataDir: folder });
  const [rotation] = await keys.rotate({ now: true });
  expect(await kids(one)).toEqual([rotation?.kid, ...before]);

  const request = authorizationRequest(issuer);
  const callback = await signIn(createBrowser(), request);
  const { body } = await exchange(one.url, request, callback);
  expect(headerOf(body.access_token).kid).toBe(rotation?.kid);
  // The other one may not have looked at the keys since.
  const userinfo = await fetch(`${two.url}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  expect(userinfo.status).toBe(200);
  expect(await kids(two)).toEqual(await kids(one));
  const next = await refresh(two.url, body.refresh_token);
  expect(headerOf(next.body.access_token).kid).toBe(rotation?.kid);
});

test("a code that twenty requests bring to two processes is spent once", async () => {
  const request = authorizationRequest(issuer);
  const callback = await signIn(createBrowser(), request);
  const answers = await Promise.all(twenty().map((url) => exchange(url, request, callback)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const { status, body } of answers) {
    if (status !== 200) expect(body.error).toBe("invalid_grant");
  }
});

test("a refresh token that twenty requests bring to two processes has one successor", async () => {
  const request = authorizationRequest(issuer);
  const callback = await signIn(createBrowser(), request);
  const first = await exchange(issuer, request, callback);
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const before = await unspent(db);
  const answers = await Promise.all(twenty().map((url) => refresh(url, first.body.refresh_token)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  expect(await unspent(db)).toBe(before);
  await db.close();
});

test("the form of a new organization that twenty requests bring to two processes makes one", async () => {
  const browser = createBrowser();
  const request = authorizationRequest(issuer, { prompt: "create", is_create_org: "true" });
  const registration = await browser.open(request.url);
  const page = await browser.submit(registration, newcomer("twenty@example.com"));
  const answers = await Promise.all(twenty().map((url) => post(browser, page, url, { name: "Once" })));
  expect(answers).toEqual(Array(20).fill(303));
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const rows = await db.selectFrom("organizations").select("name").where("name", "=", "Once").execute();
  await db.close();
  expect(rows).toHaveLength(1);
});

test("an invitation that twenty people accept at two processes lets one of them in", async () => {
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const { code } = await createInvitation(db, { organization: "org_library" });
  const parameters = { prompt: "create", invitation_code: code, is_invitation: "true" };
  const pages = await Promise.all(
    twenty().map(async (url, index) => {
      const browser = createBrowser();
      const page = await browser.open(authorizationRequest(issuer, parameters).url);
      return () => post(browser, page, url, newcomer(`racer${index}@example.com`));
    }),
  );
  await Promise.all(pages.map((send) => send()));
  const members = await db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .select("users.email")
    .where("organization_code", "=", "org_library")
    .where("users.email", "like", "racer%")
    .execute();
  const accounts = await db.selectFrom("users").select("email").where("email", "like", "racer%").execute();
  await db.close();
  expect(members).toHaveLength(1);
  expect(accounts).toEqual(members);
});

/** Sends the form of a page to one of the processes, which all have the cookies of the issuer. */
async function post(browser: Browser, page: Page, url: string, fields: Record<string, string>) {
  const { action, hidden } = formOf(page.html);
  const body = new URLSearchParams({ ...hidden, ...fields });
  return (await browser.send(url + action, { method: "POST", body })).status;
}

async function unspent(db: Awaited<ReturnType<typeof openDatabase>>): Promise<number> {
  const rows = await db
    .selectFrom("provider_entities")
    .select("id_hash")
    .where("model", "=", "RefreshToken")
    .where("consumed_at", "is", null)
    .execute();
  return rows.length;
}
