import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FixedFault } from "./key-server.ts";
import { createTestIssuer, type TestIssuer } from "./test-issuer.ts";

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterEach(() => {
  issuer.faults.jwks = undefined;
  issuer.faults.discovery = undefined;
});
afterAll(() => issuer.close());

async function fetchWith(fault: FixedFault, milliseconds = 5000): Promise<Response> {
  issuer.faults.jwks = fault;
  return fetch(issuer.jwksUri, { redirect: "manual", signal: AbortSignal.timeout(milliseconds) });
}

describe("a broken key endpoint", () => {
  it("answers with a status", async () => {
    expect((await fetchWith({ status: 503 })).status).toBe(503);
  });

  it("answers late", async () => {
    const before = performance.now();
    const answer = await fetchWith({ delay: 150 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(140);
    expect(await answer.json()).toEqual(issuer.keys());
  });

  it("redirects", async () => {
    const answer = await fetchWith({ redirect: "https://other.example/keys" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://other.example/keys"]);
  });

  it("answers with other JSON", async () => {
    expect(await (await fetchWith({ json: { keys: "none" } })).json()).toEqual({ keys: "none" });
  });

  it("is down", async () => {
    await expect(fetchWith("down")).rejects.toThrow("fetch failed");
  });

  it("hangs until the client gives up", async () => {
    await expect(fetchWith("hang", 100)).rejects.toThrow(/timeout/);
  });

  it("drips", async () => {
    const answer = await fetchWith("drip", 300);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow(/timeout/);
  });

  it("answers with a web page", async () => {
    const answer = await fetchWith("html");
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect(await answer.text()).toContain("<h1>");
  });

  it("cuts the document", async () => {
    await expect((await fetchWith("truncated")).text()).rejects.toThrow();
  });

  it("sends far too much", async () => {
    const answer = await fetchWith("huge");
    let received = 0;
    for await (const chunk of answer.body ?? []) {
      received += chunk.length;
      if (received > 5_000_000) break;
    }
    expect(received).toBeGreaterThan(5_000_000);
  });

  it("heals, and counts every request", async () => {
    issuer.requests.jwks = 0;
    await fetchWith({ status: 500 });
    issuer.faults.jwks = undefined;
    expect(await (await fetch(issuer.jwksUri)).json()).toEqual(issuer.keys());
    expect(issuer.requests.jwks).toBe(2);
  });
});

it("breaks one path and not the other", async () => {
  issuer.faults.jwks = (path) => (path.endsWith(".json") ? { status: 404 } : undefined);
  expect((await fetch(issuer.jwksUri)).status).toBe(404);
  expect((await fetch(`${issuer.url}/.well-known/jwks`)).status).toBe(200);
});

it("breaks discovery and not the keys", async () => {
  issuer.faults.discovery = { status: 404 };
  expect((await fetch(issuer.discoveryUrl)).status).toBe(404);
  expect((await fetch(issuer.jwksUri)).status).toBe(200);
});

it("counts what it does not serve", async () => {
  issuer.requests.other = 0;
  expect((await fetch(`${issuer.url}/oauth2/token`, { method: "POST" })).status).toBe(404);
  expect(issuer.requests.other).toBe(1);
});

it("closes while a request hangs", async () => {
  const other = await createTestIssuer();
  other.faults.jwks = "hang";
  const hanging = expect(fetch(other.jwksUri)).rejects.toThrow();
  while (other.requests.jwks === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await other.close();
  await hanging;
});
