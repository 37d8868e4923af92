import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServerAuth, sqliteStore } from "@hallpass/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CALLBACK } from "./support/application.ts";
import { issuerPages } from "./support/issuer-pages.ts";
import { startHallpass, type TestProvider, WEB } from "./support/providers.ts";
import { visitor } from "./support/visitor.ts";

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "hallpass-kill-"));
const database = join(folder, "sessions.sqlite");

let provider: TestProvider;
/** In front of the issuer: it can hold back token requests, or the answers to them. */
let gate: {
  url: string;
  hold: "nothing" | "requests" | "answers";
  onHeld: () => void;
  close(): Promise<void>;
};
const children = new Set<ChildProcess>();

beforeAll(async () => {
  provider = await startHallpass();
  gate = await startGate(provider.issuer);
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await gate?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of the application; its clock says that the access token has expired. */
async function startApplication(): Promise<{ url: string; child: ChildProcess }> {
  const script = fileURLToPath(new URL("./support/application-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", script], {
    env: {
      ...process.env,
      ISSUER: provider.issuer,
      CLIENT_ID: WEB.clientId,
      CLIENT_SECRET: WEB.clientSecret,
      CALLBACK,
      DATABASE: database,
      AHEAD: `${HOUR}`,
      GATE: gate.url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${`${port}`.trim()}`, child };
}

describe("an application that is killed while it renews a session", () => {
  it.each(["requests", "answers"] as const)(
    "leaves the person signed in or signed out, never stuck (held: %s)",
    { timeout: 120_000 },
    async (held) => {
      const auth = createServerAuth({
        ...WEB,
        issuer: provider.issuer,
        redirectUri: CALLBACK,
        store: sqliteStore({ path: database }),
      });
      const ada = visitor(auth, issuerPages(provider.fields("ada")).through);
      await ada.signIn();
      const cookie = [...ada.cookies].map((pair) => pair.join("=")).join("; ");

      const first = await startApplication();
      gate.hold = held;
      const reached = new Promise<void>((resolve) => {
        gate.onHeld = resolve;
      });
      const lost = fetch(first.url, { headers: { cookie } }).catch(() => undefined);
      await reached;
      first.child.kill("SIGKILL");
      await lost;
      gate.hold = "nothing";

      const second = await startApplication();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => fetch(second.url, { headers: { cookie }, redirect: "manual" })),
      );
      const statuses = answers.map(({ status }) => status);
      // The issuer repeats an answer that got lost for some seconds, and the lock of the dead ends before that.
      expect(statuses).toEqual([200, 200, 200, 200, 200]);
      expect(await answers[0]?.text()).toBe(provider.subject("ada"));
      second.child.kill("SIGKILL");
      await auth.close();
    },
  );
});

async function startGate(issuer: string): Promise<typeof gate> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const token = request.url === "/oauth2/token";
    if (token && gate.hold === "requests") return gate.onHeld();
    const inner = httpRequest(
      new URL(request.url ?? "/", issuer),
      { method: request.method, headers: { ...request.headers, host: new URL(issuer).host } },
      async (answer) => {
        const body: Buffer[] = [];
        for await (const chunk of answer) body.push(chunk);
        if (token && gate.hold === "answers") return gate.onHeld();
        response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(body));
      },
    );
    inner.end(Buffer.concat(chunks));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: "nothing",
    onHeld: () => {},
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
