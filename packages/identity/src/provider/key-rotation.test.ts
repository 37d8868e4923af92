import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVerifier } from "@hallpass/tokens";
import { importJWK, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  AUDIENCE,
  CONTROL_SECRET,
  claimsOf,
  headerOf,
  type RunningIdentity,
  refresh,
  startIdentity,
  tokensFor,
} from "../../test/identity.ts";
import { openDatabase } from "../database/index.ts";
import { openSigningKeys, type SigningKeys } from "../key-operations.ts";
import { PUBLISHED_AFTER, PUBLISHED_BEFORE } from "./key-life.ts";
import { listKeys, readPrivateKey } from "./key-store.ts";

const MINUTE = 60;

let folder: string;
let running: RunningIdentity;
let keys: SigningKeys;
/** Seconds that the server and its verifiers are ahead of this machine. */
let ahead: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-rotation-"));
  running = await startIdentity({ dataDir: folder, control: { secret: CONTROL_SECRET } });
  keys = await openSigningKeys({ dataDir: folder });
  ahead = 0;
});
afterEach(async () => {
  await keys.close();
  await running.identity.close();
  await rm(folder, { recursive: true });
});

async function moveTo(seconds: number): Promise<void> {
  ahead = seconds;
  const answer = await fetch(`${running.issuer}/_hallpass/control`, {
    method: "POST",
    headers: { "hallpass-control": CONTROL_SECRET, "content-type": "application/json" },
    body: JSON.stringify({ clockOffset: seconds }),
  });
  expect(answer.status).toBe(200);
}

const clock = () => Date.now() + ahead * 1000;

async function keySet() {
  const answer = await fetch(`${running.issuer}/.well-known/jwks`);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  return (await answer.json()) as { keys: { kid: string }[] };
}

const issue = async () =>
  (await running.identity.issueToken({ email: "ada@example.com", audience: AUDIENCE })).accessToken;

test("through a whole rotation no verifier refuses a valid token, and afterwards all refuse the old key", async () => {
  const { issuer } = running;
  const options = { issuer, audience: AUDIENCE, clock };
  const verifier = createVerifier(options);
  const first = await tokensFor(running);
  let refreshToken = first.body.refresh_token;
  let tokens = [first.body.access_token];
  let cached = await keySet();
  const oldKid = String(headerOf(first.body.access_token).kid);
  const signers = new Set<unknown>();
  const [rotation] = await keys.rotate();
  expect(rotation?.replaces).toEqual([oldKid]);

  const leadEnds = PUBLISHED_BEFORE / 1000;
  const lifeEnds = leadEnds + PUBLISHED_AFTER / 1000;
  const moments: number[] = [];
  for (let at = 0; at < leadEnds + 90 * MINUTE; at += 5 * MINUTE) moments.push(at);
  for (let at = leadEnds + 90 * MINUTE; at < lifeEnds + 30 * MINUTE; at += 20 * MINUTE) moments.push(at);
  for (const at of moments) {
    await moveTo(at);
    const refreshed = await refresh(issuer, refreshToken);
    refreshToken = refreshed.body.refresh_token;
    const idToken = headerOf(refreshed.body.id_token);
    const latest = [refreshed.body.access_token, await issue()];
    for (const token of latest) {
      expect(headerOf(token).kid).toBe(idToken.kid);
      // As strict as a verifier can be: it looks at nothing newer than what it may keep for five minutes.
      const withoutFetching = createVerifier({ ...options, keys: cached as never });
      if (at < leadEnds + 90 * MINUTE) await withoutFetching.verify(token);
    }
    signers.add(idToken.kid);
    tokens = [...tokens, ...latest].filter((token) => Number(claimsOf(token).exp) * 1000 > clock());
    for (const token of tokens) await verifier.verify(token);
    cached = await keySet();
    const kids = cached.keys.map(({ kid }) => kid);
    expect(kids).toContain(idToken.kid);
    expect(kids.length).toBe(at < lifeEnds ? 2 : 1);
  }
  expect([...signers]).toEqual([oldKid, rotation?.kid]);

  const db = await openDatabase({ file: join(folder, "hallpass.sqlite") });
  const stored = (await listKeys(db)).find(({ kid }) => kid === oldKid);
  await db.close();
  if (!stored) throw new Error("the old key is not remembered");
  const key = readPrivateKey(stored, undefined);
  const forged = await new SignJWT({
    ...claimsOf(first.body.access_token),
    exp: Math.floor(clock() / 1000) + 600,
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "at+jwt" })
    .sign(await importJWK(key, key.alg));
  await expect(verifier.verify(forged)).rejects.toMatchObject({ code: "key_unknown" });
  const userinfo = await fetch(`${issuer}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${forged}` },
  });
  expect(userinfo.status).toBe(401);
}, 60_000);

test("in an emergency tokens of the new key are taken at once, and those of the removed one no more", async () => {
  const { issuer } = running;
  const verifier = createVerifier({ issuer, audience: AUDIENCE, clock });
  const before = await tokensFor(running);
  await verifier.verify(before.body.access_token);
  const oldKid = String(headerOf(before.body.access_token).kid);
  const [rotation] = await keys.rotate({ now: true });
  // The server follows when it next looks at its keys: on its own, or when somebody asks for them.
  expect((await keySet()).keys.map(({ kid }) => kid)).toEqual([rotation?.kid, oldKid]);
  const after = await refresh(issuer, before.body.refresh_token);
  expect(headerOf(after.body.access_token).kid).toBe(rotation?.kid);
  expect(headerOf(after.body.id_token).kid).toBe(rotation?.kid);
  await verifier.verify(after.body.access_token);
  await verifier.verify(before.body.access_token);

  await keys.retire(oldKid);
  expect((await keySet()).keys.map(({ kid }) => kid)).toEqual([rotation?.kid]);
  const userinfo = (token: string) =>
    fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  expect((await userinfo(before.body.access_token)).status).toBe(401);
  expect((await userinfo(after.body.access_token)).status).toBe(200);
  // A verifier that fetched the keys while the old one was there refuses it once they are five minutes old.
  await moveTo(6 * MINUTE);
  await expect(verifier.verify(before.body.access_token)).rejects.toMatchObject({ code: "key_unknown" });
  await verifier.verify(after.body.access_token);
});

test("an ID token of a key that was published last still tells whose sign-out it is; of a removed key, not", async () => {
  const { issuer } = running;
  const { body } = await tokensFor(running);
  const logout = async () =>
    (await fetch(`${issuer}/logout?id_token_hint=${body.id_token}`, { redirect: "manual" })).status;
  await keys.rotate();
  await moveTo((PUBLISHED_BEFORE + PUBLISHED_AFTER) / 1000 + MINUTE);
  expect((await keySet()).keys).toHaveLength(1);
  expect(await logout()).toBe(200);
  await moveTo(0);
  await keys.rotate({ now: true });
  await keys.retire(String(headerOf(body.id_token).kid));
  await keySet();
  expect(await logout()).toBe(400);
});
