import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { boundedFetch } from "./bounded-fetch.ts";

let server: Server;
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

describe("boundedFetch", () => {
  test("hands on status, headers and body", async () => {
    const url = await serve((_, response) => response.writeHead(418, { "x-pot": "short" }).end("tea"));
    const response = await boundedFetch(url);
    expect([response.status, response.headers.get("x-pot"), await response.text()]).toEqual([
      418,
      "short",
      "tea",
    ]);
  });

  test("refuses redirects", async () => {
    const url = await serve((request, response) =>
      request.url === "/" ? response.writeHead(302, { location: "/there" }).end() : response.end("there"),
    );
    await expect(boundedFetch(url)).rejects.toThrow();
  });

  test("refuses more than a quarter of a megabyte, also when it comes compressed", async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(300_000))),
    );
    await expect(boundedFetch(url)).rejects.toThrow("too large");
  });

  test("gives up on a body that drips", async () => {
    const { timeout } = AbortSignal;
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      expect(ms).toBe(10_000);
      return timeout.call(AbortSignal, 100);
    });
    const url = await serve((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
    });
    await expect(boundedFetch(url)).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
