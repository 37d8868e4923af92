import { createVerifier } from "@hallpass/tokens";
import { expect, test, vi } from "vitest";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
// Some run ten commands one after the other, each a process that loads the identity server.
vi.setConfig({ testTimeout: 90_000 });
const secret = "0123456789abcdef0123456789abcdef";
const audience = "https://api.bookstore.example";

interface Key {
  kid: string;
  algorithm: string;
  state: string;
  createdAt: string;
  signsFrom: string;
  publishedUntil: string | null;
}

/** A development server, and the commands on its data while it runs. */
async function developing() {
  const cwd = project(bookstore);
  const { issuer } = JSON.parse(await start(["dev", "--port", "0", "--json"], { cwd }).ready);
  return {
    run: (...args: string[]) => hallpass(["keys", ...args], { cwd }),
    list: async () => JSON.parse((await hallpass(["keys", "list", "--json"], { cwd })).stdout) as Key[],
    published: async () => {
      const answer = await fetch(`${issuer}/.well-known/jwks`);
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    },
    token: async () => (await hallpass(["token", "--user", "ada@example.com"], { cwd })).stdout.trim(),
    verify: (token: string) => createVerifier({ issuer, audience }).verify(token),
  };
}

test("list shows a table, or JSON, and no private key", async () => {
  const { run, list, published } = await developing();
  const { code, stdout } = await run("list");
  expect(code).toBe(0);
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
  expect(stdout).toMatch(
    new RegExp(
      `^KID +ALGORITHM +STATE +CREATED +SIGNS FROM +PUBLISHED UNTIL\\n\\S{43} +RS256 +signing +${time} +${time} +-\\n$`,
    ),
  );
  const [key, ...others] = await list();
  expect(others).toEqual([]);
  expect([key?.kid]).toEqual(await published());
  expect(Object.keys(key ?? {}).sort()).toEqual(
    ["algorithm", "createdAt", "kid", "publishedUntil", "signsFrom", "state"].sort(),
  );
});

test("rotate publishes the next key on the running server, once", async () => {
  const { run, list, published, token, verify } = await developing();
  const [old] = await list();
  const rotated = await run("rotate");
  expect(rotated.code).toBe(0);
  expect(rotated.stderr).toContain("The next key is published for RS256");
  const [next, current] = await list();
  expect(next).toMatchObject({ state: "next", publishedUntil: null });
  expect(current).toMatchObject({ kid: old?.kid, state: "signing" });
  expect(Date.parse(next?.signsFrom ?? "")).toBeGreaterThan(Date.now() + 50 * 60 * 1000);
  expect(await published()).toEqual([old?.kid, next?.kid]);
  expect((await verify(await token())).header.kid).toBe(old?.kid);

  const again = await run("rotate");
  expect(again.code).toBe(0);
  expect(again.stderr).toContain("There is a next key already");
  expect(await list()).toHaveLength(2);

  // The other way on: without its successor the key goes on.
  expect((await run("retire", "--", next?.kid ?? "")).stderr).toContain("nothing is refused");
  expect(await list()).toEqual([old]);
});

test("in an emergency the new key signs at once, and what the old one signed is refused when it is retired", async () => {
  const { run, list, published, token, verify } = await developing();
  const before = await token();
  const [old] = await list();
  const inUse = await run("retire", "--", old?.kid ?? "");
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toContain("hallpass keys rotate --now");

  const rotated = await run("rotate", "--now");
  expect(rotated.code).toBe(0);
  expect(rotated.stderr).toMatch(new RegExp(`hallpass keys retire (-- )?${old?.kid}`));
  const [current] = await list();
  expect(current).toMatchObject({ state: "signing" });
  expect(current?.kid).not.toBe(old?.kid);
  expect(await published()).toEqual([current?.kid, old?.kid]);
  expect((await verify(await token())).header.kid).toBe(current?.kid);
  await verify(before);

  const retired = await run("retire", "--", old?.kid ?? "");
  expect(retired.code).toBe(0);
  expect(retired.stderr).toContain("are refused from now on");
  expect(await published()).toEqual([current?.kid]);
  await expect(verify(before)).rejects.toMatchObject({ code: "key_unknown" });
  expect((await verify(await token())).header.kid).toBe(current?.kid);
});

test("on the data of serve, rotate needs the secret, and list does not", async () => {
  const cwd = project({ ...bookstore, users: [], issuer: `http://localhost:${await freePort()}` });
  const env = { HALLPASS_SECRET: secret };
  await start(["serve", "--json"], { cwd, env }).ready;
  expect((await hallpass(["keys", "list"], { cwd })).code).toBe(0);
  const without = await hallpass(["keys", "rotate"], { cwd });
  expect(without).toMatchObject({ code: 2, stdout: "" });
  expect(without.stderr).toContain("HALLPASS_SECRET");
  const wrong = await hallpass(["keys", "rotate"], { cwd, env: { HALLPASS_SECRET: `${secret}!` } });
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain("another secret");
  const rotated = await hallpass(["keys", "rotate", "--json"], { cwd, env });
  expect(rotated.code).toBe(0);
  expect(JSON.parse(rotated.stdout).map(({ state }: Key) => state)).toEqual(["next", "signing"]);
});

test("serve changes its secret: once with the previous one, from then on without it", async () => {
  const cwd = project({ ...bookstore, users: [], issuer: `http://localhost:${await freePort()}` });
  const other = "fedcba9876543210fedcba9876543210";
  const kidsWith = async (env: Record<string, string>) => {
    const server = start(["serve", "--json"], { cwd, env });
    const { host, port } = JSON.parse(await server.ready);
    const answer = await fetch(`http://${host}:${port}/.well-known/jwks`);
    await server.stop();
    return ((await answer.json()) as { keys: Key[] }).keys.map(({ kid }) => kid);
  };
  const kids = await kidsWith({ HALLPASS_SECRET: secret });
  const refused = await hallpass(["serve"], { cwd, env: { HALLPASS_SECRET: other } });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("HALLPASS_PREVIOUS_SECRET");
  expect(await kidsWith({ HALLPASS_SECRET: other, HALLPASS_PREVIOUS_SECRET: secret })).toEqual(kids);
  expect(await kidsWith({ HALLPASS_SECRET: other })).toEqual(kids);
});

test.each([
  ["a folder without data", ["list"], 2, "--data DIR"],
  ["a folder without data", ["retire", "kid"], 2, "no server has run"],
  ["no kid", ["retire"], 2, "missing required argument 'kid'"],
])("%s: hallpass keys %j says what to do", async (_, args, expected, reason) => {
  const { code, stdout, stderr } = await hallpass(["keys", ...args], { cwd: project() });
  expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
  expect(stderr).toContain(reason);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a kid that no key has is named as such", async () => {
  const { run } = await developing();
  const { code, stderr } = await run("retire", "nothing");
  expect(code).toBe(1);
  expect(stderr).toContain("hallpass keys list");
});
