import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formOf } from "../test/browser.ts";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  CLIENT_ID,
  exchange,
  ORIGIN,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../test/identity.ts";
import { openDatabase } from "./database/index.ts";
import { openSigningKeys } from "./key-operations.ts";
import { loadInstanceSecrets } from "./provider/instance-secrets.ts";
import { listKeys, readPrivateKey } from "./provider/key-store.ts";

const SECRET = "a secret of more than thirty-two characters";
const NEW_PASSWORD = "nine lanterns over the harbour";

let folder: string;
let running: RunningIdentity;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-secrets-"));
  running = await startIdentity({ dataDir: folder, secret: SECRET });
});
afterEach(async () => {
  await running.identity.close();
  await rm(folder, { recursive: true });
});

/** Every byte that is kept: the database, its write-ahead log, and whatever else is in the folder. */
async function dump(): Promise<string> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  return Buffer.concat(files).toString("latin1");
}

async function keyMaterial(): Promise<[string, string | undefined][]> {
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const { cookieKey, formKey } = await loadInstanceSecrets(db, SECRET);
  const keys = (await listKeys(db)).map((key) => readPrivateKey(key, SECRET));
  await db.close();
  expect(keys).toHaveLength(2);
  return [
    ["cookie key", cookieKey],
    ["form key", formKey],
    ...keys.flatMap(({ d, p, q }) =>
      [d, p, q].map((part): [string, string | undefined] => ["private key", part]),
    ),
  ];
}

test("neither the database nor a log line holds anything that its finder could use", async () => {
  const { issuer, events } = running;
  const secrets: [string, string | undefined][] = [
    ["instance secret", SECRET],
    ["password", PASSWORD],
    ["password", NEW_PASSWORD],
  ];
  const browser = running.browser();
  const keepCookies = () => {
    for (const path of ["/oauth2/auth", "/oauth2/token", "/interaction/x"]) {
      for (const [name, value] of browser.cookiesFor(issuer + path)) secrets.push([name, value]);
    }
  };

  // A sign-in under way, a wrong password in it, and then the right one.
  const request = authorizationRequest(issuer);
  const page = await browser.open(request.url);
  secrets.push(
    ["sign-in", new URL(page.url).pathname.split("/")[2]],
    ["form", formOf(page.html).hidden.csrf],
  );
  keepCookies();
  const wrong = await browser.submit(page, { email: "ada@example.com", password: NEW_PASSWORD });
  keepCookies();
  const callback = arrived(await browser.submit(wrong, { email: "ada@example.com", password: PASSWORD }));
  keepCookies();
  secrets.push(["code", callback.searchParams.get("code") ?? undefined], ["verifier", request.verifier]);
  const first = await exchange(issuer, request, callback);
  const second = await refresh(issuer, first.body.refresh_token);
  for (const { body } of [first, second]) {
    secrets.push(["access token", body.access_token], ["ID token", body.id_token]);
    secrets.push(["refresh token", body.refresh_token]);
  }
  const silent = authorizationRequest(issuer, { prompt: "none" });
  const unused = arrived(await browser.open(silent.url));
  secrets.push(["unused code", unused.searchParams.get("code") ?? undefined]);

  // Somebody who registers, with the refresh token in a cookie.
  const other = running.browser();
  const registration = authorizationRequest(issuer, { prompt: "create" });
  const form = await other.open(registration.url);
  const eve = { email: "eve@example.com", givenName: "Eve", familyName: "Example", password: NEW_PASSWORD };
  const registered = arrived(await other.submit(form, eve));
  await exchange(issuer, registration, registered, { refresh_token_transport: "cookie" }, { browser: other });
  for (const [name, value] of other.cookiesFor(`${issuer}/oauth2/token`)) secrets.push([name, value]);

  // Everything that may end up in a log: refusals, and a failure of the server itself.
  await refresh(issuer, first.body.refresh_token.slice(0, -1));
  await fetch(`${issuer}/oauth2/revoke`, {
    method: "POST",
    headers: { origin: ORIGIN },
    body: new URLSearchParams({ token: second.body.refresh_token, client_id: CLIENT_ID }),
  });
  const direct = await running.identity.issueToken({ email: "ada@example.com", audience: AUDIENCE });
  secrets.push(["access token", direct.accessToken]);
  await using keys = await openSigningKeys({ dataDir: folder, secret: SECRET });
  await keys.rotate();
  secrets.push(...(await keyMaterial()));
  const asks = await browser.open(`${issuer}/logout`);
  secrets.push(["form", formOf(asks.html).hidden.csrf]);

  const kept = await dump();
  const said = JSON.stringify(events);
  await running.identity.close();
  const left = await dump();
  expect(secrets.length).toBeGreaterThan(30);
  for (const [what, secret] of secrets) {
    if (secret === undefined || secret.length < 16) throw new Error(`${what} is nothing to search for`);
    // A part of it would do as well: whole values stand in tokens and cookies behind a prefix.
    for (const part of [secret, secret.slice(0, 22), secret.slice(-22)]) {
      if (part === secret.slice(0, 22) && part.startsWith("ey")) continue;
      for (const text of [kept, left, said]) expect(text.includes(part), what).toBe(false);
    }
  }
  // The search is one that finds: who they are is there in the clear.
  for (const there of ["ada@example.com", "eve@example.com", CLIENT_ID]) expect(kept).toContain(there);
});

test("a failure of the database puts nothing of the request into the log", async () => {
  const { issuer, events } = running;
  const { body } = await tokensFor(running);
  const request = authorizationRequest(issuer);
  const callback = await signIn(running.browser(), request);
  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  await db.schema.dropTable("provider_entities").execute();
  await db.close();
  await refresh(issuer, body.refresh_token);
  await exchange(issuer, request, callback);
  const said = JSON.stringify(events);
  expect(said).toContain("server_error");
  for (const secret of [body.refresh_token, callback.searchParams.get("code") ?? "", request.verifier]) {
    expect(said).not.toContain(secret);
  }
});
