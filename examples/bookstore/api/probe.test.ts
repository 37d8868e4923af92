import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createApp } from "./app.ts";
import { openShelf } from "./books.ts";
import { createHttpServer } from "./http-server.ts";

const bin = fileURLToPath(new URL("../../../packages/cli/bin/hallpass.js", import.meta.url));

it("gives the right answer to everything that hallpass probe sends", { timeout: 60_000 }, async () => {
  const shelf = openShelf(":memory:");
  const issuerPort = await freePort();
  const issuer = `http://localhost:${issuerPort}`;
  const app = createApp({
    issuer,
    audience: "https://api.bookstore.example",
    webOrigin: "http://localhost:4302",
    shelf,
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/books`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      bin,
      "probe",
      url,
      "--test-issuer",
      String(issuerPort),
    ]);
    expect(stdout).toMatch(/^All \d+ answers are right\.$/m);
  } finally {
    server.closeAllConnections();
    server.close();
    shelf.close();
  }
});

async function freePort(): Promise<number> {
  const server = createHttpServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
