import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { basic, post } from "../test/applications.ts";
import {
  authorizationRequest,
  CLIENT_ID,
  CONFIG,
  REDIRECT_URI,
  type RunningIdentity,
  startIdentity,
} from "../test/identity.ts";
import { freePort } from "../test/processes.ts";
import { newClientSecret } from "./credentials/client-secret.ts";
import { openDatabase } from "./database/index.ts";
import type { HallpassConfig } from "./settings/index.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server for the public, on this machine. */
async function startPublic(
  trustProxy: boolean,
  config = CONFIG,
): Promise<RunningIdentity & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), "identity-flood-"));
  ends.push(() => rm(dataDir, { recursive: true }));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const running = await startIdentity({ mode: "production", config, dataDir, issuer, port, trustProxy });
  ends.push(() => running.identity.close());
  return { ...running, dataDir };
}

const begin = (issuer: string, forwardedFor?: string) =>
  fetch(authorizationRequest(issuer).url, {
    redirect: "manual",
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  });

describe("a flood of sign-ins that are begun and left", () => {
  test("is held up at sixty, and the database does not grow with it", async () => {
    const { issuer, dataDir } = await startPublic(false);
    const started = Date.now();
    const answers = await Promise.all(Array.from({ length: 300 }, () => begin(issuer)));
    const minutes = (Date.now() - started) / 60_000;
    const admitted = answers.filter(({ status }) => status === 303).length;
    expect(admitted).toBeGreaterThanOrEqual(60);
    expect(admitted).toBeLessThanOrEqual(60 + Math.ceil(minutes * 60));
    const refused = answers.filter(({ status }) => status === 429);
    expect(admitted + refused.length).toBe(300);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await refused[0]?.text()).toContain("too_many_starts");

    const db = await openDatabase({ file: join(dataDir, "hallpass.sqlite") });
    const rows = await db.selectFrom("provider_entities").select("model").execute();
    await db.close();
    expect(rows).toHaveLength(admitted);
  });

  test("is nothing to those who come from elsewhere, and cannot pretend to", async () => {
    const { issuer } = await startPublic(true);
    const flood = Array.from({ length: 200 }, (_, index) =>
      begin(issuer, `203.0.113.${index}, 198.51.100.7`),
    );
    expect((await Promise.all(flood)).some(({ status }) => status === 429)).toBe(true);
    expect((await begin(issuer, "198.51.100.8")).status).toBe(303);
  });
});

describe("a proxy in front", () => {
  test("that the server was not told of is named once, with the flag that mends it", async () => {
    const { issuer, events } = await startPublic(false);
    await fetch(`${issuer}/healthz`);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
    for (const address of ["198.51.100.7", "198.51.100.8"]) {
      await fetch(`${issuer}/healthz`, { headers: { "x-forwarded-for": address } });
    }
    expect(events.filter(({ type }) => type === "warning")).toEqual([
      { type: "warning", message: expect.stringContaining("--trust-proxy") },
    ]);
    expect(JSON.stringify(events)).not.toContain("198.51.100");
  });

  test("that it was told of is no news", async () => {
    const { issuer, events } = await startPublic(true);
    await fetch(`${issuer}/healthz`, { headers: { "x-forwarded-for": "198.51.100.7" } });
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  });
});

describe("a flood of requests that come ahead of their browsers", () => {
  const secret = newClientSecret();
  const config: HallpassConfig = {
    ...CONFIG,
    applications: [
      { clientId: "tv", type: "spa", deviceFlow: true },
      { clientId: CLIENT_ID, type: "spa", redirectUris: [REDIRECT_URI] },
      { clientId: "server", type: "web", secret, redirectUris: [REDIRECT_URI] },
    ],
  };
  const parameters = (issuer: string) =>
    Object.fromEntries(new URL(authorizationRequest(issuer).url).searchParams);

  test.each([
    ["pushed requests", "/oauth2/par", (issuer: string) => parameters(issuer), 201],
    ["devices", "/oauth2/device/auth", () => ({ client_id: "tv" }), 200],
  ] as const)("is held up at sixty: %s", async (_what, path, form, good) => {
    const { issuer } = await startPublic(false, config);
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => post(issuer + path, { ...form(issuer) })),
    );
    expect(answers.filter(({ status }) => status === good).length).toBeGreaterThanOrEqual(60);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.error).toBe("temporarily_unavailable");
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await begin(issuer)).status).toBe(429);
  });

  test("holds up no application that has authenticated, whose server begins the sign-ins of all its users", async () => {
    const { issuer } = await startPublic(false, config);
    const { client_id: _, ...form } = parameters(issuer);
    const headers = basic("server", secret);
    const pushed = Array.from({ length: 150 }, () => post(`${issuer}/oauth2/par`, form, headers));
    expect((await Promise.all(pushed)).filter(({ status }) => status !== 201)).toEqual([]);
    expect((await begin(issuer)).status).toBe(303);
  });
});
