import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBrowser } from "../test/browser.ts";
import {
  arrived,
  authorizationRequest,
  CLIENT_ID,
  exchange,
  ORIGIN,
  refresh,
  signIn,
} from "../test/identity.ts";
import { freePort, type ServerProcess, startProcess } from "../test/processes.ts";
import { openSigningKeys } from "./key-operations.ts";

/** How often each act is done and the server killed right after it. */
const ROUNDS = 3;
const ADA = { email: "ada@example.com", password: "seven maples under the hill" };

let folder: string;
let port: number;
let issuer: string;
let server: ServerProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-kill-"));
  port = await freePort();
  issuer = `http://localhost:${port}`;
  server = await startProcess(folder, issuer, port);
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function kill(): Promise<void> {
  server.child.kill("SIGKILL");
  if (server.child.exitCode === null && server.child.signalCode === null) await once(server.child, "exit");
}

async function restart(): Promise<void> {
  await kill();
  server = await startProcess(folder, issuer, port);
}

async function freshTokens(credentials = ADA) {
  const request = authorizationRequest(issuer);
  const callback = await signIn(createBrowser(), request, credentials);
  return { request, callback, answer: await exchange(issuer, request, callback) };
}

const kids = async () => {
  const { keys } = (await (await fetch(`${issuer}/.well-known/jwks`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

describe("what was answered before kill -9 holds after it", () => {
  test("a registration, and the session that it began", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `eve${round}@example.com`;
      const browser = createBrowser();
      const request = authorizationRequest(issuer, { prompt: "create" });
      const page = await browser.open(request.url);
      const person = { email, password: ADA.password, givenName: "Eve", familyName: "Example" };
      const callback = arrived(await browser.submit(page, person));
      await restart();
      expect((await exchange(issuer, request, callback)).status).toBe(200);
      expect((await freshTokens({ ...ADA, email })).answer.status).toBe(200);
      const silent = await browser.open(authorizationRequest(issuer, { prompt: "none" }).url);
      expect(silent.leftFor?.searchParams.get("code")).not.toBeNull();
    }
  });

  test("the use of a code: it is not redeemed again, and its refresh token works", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { request, callback, answer } = await freshTokens();
      expect(answer.status).toBe(200);
      await restart();
      expect((await refresh(issuer, answer.body.refresh_token)).status).toBe(200);
      expect((await exchange(issuer, request, callback)).body.error).toBe("invalid_grant");
    }
  });

  test("the rotation of a refresh token: its family has one head", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { answer } = await freshTokens();
      const next = await refresh(issuer, answer.body.refresh_token);
      expect(next.status).toBe(200);
      await restart();
      // An answer that was lost is repeated; it does not make a second successor.
      const repeated = await refresh(issuer, answer.body.refresh_token);
      if (repeated.status === 200) expect(repeated.body.refresh_token).toBe(next.body.refresh_token);
      const last = await refresh(issuer, next.body.refresh_token);
      if (repeated.status === 200) expect(last.status).toBe(200);
      const reuse = await refresh(issuer, answer.body.refresh_token);
      expect(reuse.body.error).toBe("invalid_grant");
    }
  });

  test("a revocation", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { answer } = await freshTokens();
      const token = answer.body.refresh_token;
      const revoked = await fetch(`${issuer}/oauth2/revoke`, {
        method: "POST",
        headers: { origin: ORIGIN },
        body: new URLSearchParams({ token, client_id: CLIENT_ID }),
      });
      expect(revoked.status).toBe(200);
      await restart();
      expect((await refresh(issuer, token)).body.error).toBe("invalid_grant");
      const userinfo = await fetch(`${issuer}/oauth2/userinfo`, {
        headers: { authorization: `Bearer ${answer.body.access_token}` },
      });
      expect(userinfo.status).toBe(401);
    }
  });

  test("a rotation of the keys, and the removal of one", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await kids();
      await using keys = await openSigningKeys({ dataDir: folder });
      const [rotation] = await keys.rotate({ now: true });
      expect(await kids()).toEqual([rotation?.kid, ...before]);
      await restart();
      expect(await kids()).toEqual([rotation?.kid, ...before]);
      for (const kid of before) await keys.retire(kid);
      await restart();
      expect(await kids()).toEqual([rotation?.kid]);
    }
  });
});

test("a code that was under way when the server was killed is redeemed at most once", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const request = authorizationRequest(issuer);
    const callback = await signIn(createBrowser(), request);
    const redeem = () => exchange(issuer, request, callback);
    const underWay = Array.from({ length: 10 }, () => redeem().catch(() => undefined));
    // As soon as there is any answer, while the others are at work.
    await Promise.race(underWay);
    await kill();
    const before = await Promise.all(underWay);
    server = await startProcess(folder, issuer, port);
    const after = await Promise.all(Array.from({ length: 10 }, redeem));
    const redeemed = [...before, ...after].filter((answer) => answer?.status === 200);
    expect(redeemed.length).toBeLessThanOrEqual(1);
  }
});
