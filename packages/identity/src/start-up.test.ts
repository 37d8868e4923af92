import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { formOf } from "../test/browser.ts";
import {
  AUDIENCE,
  arrived,
  authorizationRequest,
  CONFIG,
  CONTROL_SECRET,
  claimsOf,
  exchange,
  PASSWORD,
  type RunningIdentity,
  refresh,
  signIn,
  startIdentity,
  tokensFor,
} from "../test/identity.ts";
import { freePort, startProcess } from "../test/processes.ts";
import { listEvents } from "./audit/audit-log.ts";
import { openDatabase } from "./database/index.ts";
import type { Identity, IdentityOptions } from "./identity.ts";

let root: string;
let folder: string;
let count = 0;
const running: Identity[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "identity-start-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
afterEach(async () => {
  for (const identity of running.splice(0)) await identity.close();
});

/** Node's fetch keeps connections, and takes a moment to see that the server has ended them. */
const connectionsToEnd = () => new Promise((resolve) => setTimeout(resolve, 100));

const nextFolder = () => {
  count += 1;
  folder = join(root, String(count));
  return folder;
};

async function start(options: Partial<IdentityOptions> = {}): Promise<RunningIdentity> {
  const started = await startIdentity(options);
  running.push(started.identity);
  return started;
}

async function refusal(options: Partial<IdentityOptions>): Promise<Error & { code?: string }> {
  try {
    await start({ config: CONFIG, ...options });
    return new Error("it started");
  } catch (error) {
    return error as Error;
  }
}

describe("a start", () => {
  test("on an empty folder takes less than a second and a half", async () => {
    // Processor time: what it takes on a machine that has nothing else to do.
    const before = process.cpuUsage();
    await start({ dataDir: nextFolder() });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1500);
  });

  test("writes nothing to the console", async () => {
    const port = await freePort();
    const child = await startProcess(nextFolder(), `http://localhost:${port}`, port);
    const said: string[] = [];
    child.child.stdout?.on("data", (data) => said.push(String(data)));
    await fetch(`${child.url}/.well-known/jwks`);
    await child.stop();
    expect(said.join("")).toBe("");
  });

  test("on a folder that was used before finds everyone, every key and every session again", async () => {
    const port = await freePort();
    const dataDir = nextFolder();
    const first = await start({ dataDir, port });
    const browser = first.browser();
    const request = authorizationRequest(first.issuer, { prompt: "create" });
    const form = await browser.open(request.url);
    const person = {
      givenName: "Grace",
      familyName: "Hopper",
      email: "grace@example.com",
      password: PASSWORD,
    };
    const tokens = await exchange(first.issuer, request, arrived(await browser.submit(form, person)));
    const keys = await (await fetch(`${first.issuer}/.well-known/jwks`)).json();
    const users = await first.identity.users();
    await first.identity.close();
    await connectionsToEnd();

    const second = await start({ dataDir, port });
    expect(await (await fetch(`${second.issuer}/.well-known/jwks`)).json()).toEqual(keys);
    expect(await second.identity.users()).toEqual(users);
    expect((await refresh(second.issuer, tokens.body.refresh_token)).status).toBe(200);
    const silent = arrived(await browser.open(authorizationRequest(second.issuer, { prompt: "none" }).url));
    expect(silent.searchParams.has("code")).toBe(true);
    await signIn(second.browser(), authorizationRequest(second.issuer), person);
  });

  test("survives being killed: what was answered is still there", async () => {
    const port = await freePort();
    const dataDir = nextFolder();
    const issuer = `http://localhost:${port}`;
    const child = await startProcess(dataDir, issuer, port);
    const { createBrowser } = await import("../test/browser.ts");
    const request = authorizationRequest(issuer);
    const tokens = await exchange(issuer, request, await signIn(createBrowser(), request));
    child.child.kill("SIGKILL");
    await new Promise((resolve) => child.child.once("exit", resolve));
    const again = await startProcess(dataDir, issuer, port);
    const renewed = await refresh(issuer, tokens.body.refresh_token);
    await again.stop();
    expect(renewed.status).toBe(200);
  });

  test("closes its port and leaves no lock behind", async () => {
    const dataDir = nextFolder();
    const { identity, issuer } = await start({ dataDir });
    await identity.close();
    await identity.close();
    await expect(fetch(issuer)).rejects.toThrow();
    expect((await readdir(dataDir)).filter((name) => name.endsWith("-wal"))).toEqual([]);
  });

  test("with port 0 names the issuer after the port that was free", async () => {
    const { issuer } = await start();
    expect(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer,
    });
  });

  test("two servers in one process do not meet", async () => {
    const [one, two] = [await start(), await start()];
    const { body } = await tokensFor(one);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await fetch(`${one.issuer}/oauth2/userinfo`, { headers })).status).toBe(200);
    expect((await fetch(`${two.issuer}/oauth2/userinfo`, { headers })).status).toBe(401);
  });
});

describe("what keeps it from starting, in words", () => {
  test("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const error = await refusal({ port });
    other.close();
    expect(error).toMatchObject({ name: "IdentityError", code: "port_taken" });
    expect(error.message).toContain(`Port ${port}`);
    expect(error.message).toContain("choose another port");
  });

  test("a data folder that cannot be written", async () => {
    const file = join(root, "a-file");
    await writeFile(file, "");
    const error = await refusal({ dataDir: join(file, "data") });
    expect(error).toMatchObject({ name: "IdentityError", code: "data_unwritable" });
    expect(error.message).toContain(file);
  });

  test("a database that is none", async () => {
    const dataDir = nextFolder();
    await mkdir(dataDir);
    await writeFile(join(dataDir, "hallpass.sqlite"), "this is no database".repeat(100));
    expect(await refusal({ dataDir })).toMatchObject({ code: "data_corrupt" });
  });

  test("a configuration with mistakes: all of them, each with its fix", async () => {
    const error = await refusal({
      config: {
        ...CONFIG,
        roles: { editor: { permissions: ["create:bokos"] } },
        applications: [{ clientId: "x", type: "spa", redirectUris: ["localhost:4302"] }],
      },
    });
    expect(error.code).toBe("settings_invalid");
    expect(error.message).toContain("create:bokos");
    expect(error.message).toContain("localhost:4302");
    expect(error.message).not.toContain(PASSWORD);
  });

  test.each(["0.0.0.0", "::", "192.168.1.10"])("development on %s", async (host) => {
    const error = await refusal({ host });
    expect(error.code).toBe("not_loopback");
    expect(error.message).toContain(host);
  });

  test("development as an issuer that is not this machine", async () => {
    expect((await refusal({ issuer: "https://auth.example.com" })).code).toBe("not_loopback");
  });

  test("controls in production", async () => {
    const error = await refusal({ mode: "production", control: { secret: CONTROL_SECRET } });
    expect(error.code).toBe("control_forbidden");
  });

  test("a secret that is too short", async () => {
    const error = await refusal({ secret: "short" });
    expect(error.code).toBe("secret_wrong");
    expect(error.message).not.toContain('"short"');
  });
});

test.each([
  [true, "198.51.100.7"],
  [false, "127.0.0.1"],
])("with trustProxy %s somebody comes from %s", async (trustProxy, source) => {
  const dataDir = nextFolder();
  const { issuer, browser } = await start({ dataDir, trustProxy });
  const visitor = browser();
  const headers = { "x-forwarded-for": "203.0.113.9, 198.51.100.7" };
  const page = await visitor.open(authorizationRequest(issuer).url);
  const { action, hidden } = formOf(page.html);
  await visitor.open(issuer + action, {
    method: "POST",
    headers,
    body: new URLSearchParams({ ...hidden, email: "bob@example.com", password: PASSWORD }),
  });
  await visitor.open(`${issuer}/logout`, { headers: { ...headers, "sec-fetch-site": "none" } });
  const db = await openDatabase({ file: join(dataDir, "hallpass.sqlite") });
  const events = await listEvents(db, { limit: 2 });
  await db.close();
  expect(events.map((event) => [event.type, event.source])).toEqual([
    ["sign_out", source],
    ["sign_in", source],
  ]);
});

test("a failure of its own is told to the log, and to nobody else", async () => {
  const dataDir = nextFolder();
  const { issuer, events, browser } = await start({ dataDir });
  const db = await openDatabase({ file: join(dataDir, "hallpass.sqlite") });
  await db.schema.dropTable("provider_entities").execute();
  await db.close();
  const page = await browser().open(authorizationRequest(issuer).url);
  expect(page.status).toBe(500);
  expect(page.html).toContain("Something went wrong here");
  const token = await refresh(issuer, "x".repeat(43));
  expect(token.status).toBe(500);
  expect(token.body).toEqual({ error: "server_error", error_description: expect.any(String) });
  const interaction = await browser().open(`${issuer}/interaction/${"x".repeat(43)}`);
  expect(interaction.status).toBe(500);
  for (const text of [page.html, JSON.stringify(token.body), interaction.html]) {
    expect(text).not.toMatch(/provider_entities|sqlite|\.[jt]s:\d/i);
  }
  expect(events.filter(({ type }) => type === "server_error").length).toBeGreaterThanOrEqual(3);
});

describe("keys at rest", () => {
  const secret = "a secret of more than thirty-two characters";

  async function stored(dataDir: string): Promise<string> {
    const db = await openDatabase({ file: join(dataDir, "hallpass.sqlite") });
    const keys = await db.selectFrom("signing_keys").selectAll().execute();
    const secrets = await db.selectFrom("instance_secrets").selectAll().execute();
    await db.close();
    return JSON.stringify({ keys, secrets });
  }

  test("are encrypted when there is a secret, from the start or later", async () => {
    const dataDir = nextFolder();
    const port = await freePort();
    const plain = await start({ dataDir, port });
    const keys = await (await fetch(`${plain.issuer}/.well-known/jwks`)).json();
    await plain.identity.close();
    await connectionsToEnd();
    expect(await stored(dataDir)).toContain('"plain:');

    const sealed = await start({ dataDir, port, secret });
    expect(await (await fetch(`${sealed.issuer}/.well-known/jwks`)).json()).toEqual(keys);
    await sealed.identity.close();
    expect(await stored(dataDir)).not.toContain('"plain:');
    const files = await Promise.all((await readdir(dataDir)).map((name) => readFile(join(dataDir, name))));
    expect(Buffer.concat(files).toString("latin1")).not.toContain(secret);

    const without = await refusal({ dataDir });
    expect(without).toMatchObject({ code: "secret_wrong" });
    expect(without.message).toContain("HALLPASS_SECRET");
    const wrong = await refusal({ dataDir, secret: `${secret}!` });
    expect(wrong).toMatchObject({ code: "secret_wrong" });
    expect(wrong.message).not.toContain(secret);
  });

  test("are in a file that only its owner reads", async () => {
    const dataDir = nextFolder();
    await start({ dataDir });
    const { stat } = await import("node:fs/promises");
    expect((await stat(join(dataDir, "hallpass.sqlite"))).mode & 0o077).toBe(0);
    await chmod(dataDir, 0o700);
  });
});

describe("production", () => {
  const production = { mode: "production", issuer: "https://auth.example.com" } as const;

  test("has neither users of the configuration, nor development's page, nor controls", async () => {
    const port = await freePort();
    const { identity } = await start({ ...production, port });
    expect(await identity.users()).toEqual([]);
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(url)).status).toBe(404);
    for (const method of ["GET", "POST", "DELETE"]) {
      const control = await fetch(`${url}/_hallpass/control`, {
        method,
        headers: { "hallpass-control": "" },
      });
      expect(control.status).toBe(404);
    }
  });

  test("is its issuer whatever address it is reached at, with secure cookies", async () => {
    const port = await freePort();
    await start({ ...production, port });
    const url = `http://127.0.0.1:${port}`;
    const metadata = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ token_endpoint: "https://auth.example.com/oauth2/token" });
    const { search } = new URL(authorizationRequest(url).url);
    const answer = await fetch(`${url}/oauth2/auth${search}`, { redirect: "manual" });
    expect(answer.headers.get("strict-transport-security")).toContain("max-age");
    for (const cookie of answer.headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Secure-/);
      expect(cookie.toLowerCase()).toContain("; secure");
    }
  });

  test("repeats nothing of a link on its pages: whoever made it would speak through them", async () => {
    const port = await freePort();
    await start({ ...production, port });
    const { search } = new URL(
      authorizationRequest("http://localhost", { redirect_uri: "https://elsewhere.example/call-us" }).url,
    );
    const answer = await fetch(`http://127.0.0.1:${port}/oauth2/auth${search}`);
    expect(answer.status).toBe(400);
    const html = await answer.text();
    expect(html).toContain("invalid_redirect_uri");
    expect(html).not.toContain("elsewhere");
  });
});

describe("a token from the command line", () => {
  test("is for the user, the application, the audience and the organization that are named", async () => {
    const { identity } = await start();
    const { accessToken, expiresIn } = await identity.issueToken({
      email: "ADA@example.com",
      clientId: "other-web",
      audience: AUDIENCE,
      organization: "org_library",
    });
    expect(expiresIn).toBe(3600);
    expect(claimsOf(accessToken)).toMatchObject({
      aud: [AUDIENCE],
      client_id: "other-web",
      org_code: "org_library",
      permissions: ["read:books"],
    });
  });

  test("is for every API when none is named", async () => {
    const { identity } = await start();
    const { accessToken } = await identity.issueToken({ email: "ada@example.com" });
    expect(claimsOf(accessToken).aud).toEqual([AUDIENCE, "warehouse"]);
  });

  test.each([
    [{ email: "nobody@example.com" }, "user_unknown"],
    [{ email: "ada@example.com", clientId: "nobody" }, "application_unknown"],
    [{ email: "ada@example.com", audience: "nothing" }, "audience_unknown"],
    [{ email: "bob@example.com", organization: "org_library" }, "organization_unknown"],
  ])("%j is refused as %s", async (options, code) => {
    const { identity } = await start();
    const error = await identity.issueToken(options).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "IdentityError", code });
    expect(String(error)).not.toContain("@example.com");
  });
});
