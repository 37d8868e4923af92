import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createMachineClient, createServerAuth, type MachineClientOptions } from "@hallpass/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "./support/visitor.ts";

/** Issuer and API in one: it counts what it is asked, and does as it is told. */
let url: string;
let close: () => Promise<void>;
let requests: { path: string; form: URLSearchParams; authorization: string | undefined }[];
let answer: (request: IncomingMessage, response: ServerResponse) => boolean;
let ahead: number;

const tokenRequests = () => requests.filter(({ path }) => path === "/token");

beforeEach(async () => {
  requests = [];
  ahead = 0;
  answer = () => false;
  let count = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { pathname: path } = new URL(request.url ?? "", url);
    requests.push({ path, form: new URLSearchParams(body), authorization: request.headers.authorization });
    const json = (value: object) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (answer(request, response)) return;
    if (path === "/.well-known/openid-configuration") {
      json({ issuer: url, authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` });
    } else if (path === "/token") {
      count += 1;
      json({ access_token: `token-${count}`, token_type: "bearer", expires_in: 3600 });
    } else json({ authorization: request.headers.authorization });
  }).listen(0, "localhost");
  await once(server, "listening");
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
});
afterEach(() => close());

const client = (options: Partial<MachineClientOptions> = {}) =>
  createMachineClient({
    issuer: url,
    clientId: "jobs",
    clientSecret: "a secret: with signs",
    audience: "https://api.example.com",
    scope: "books:read",
    origins: [url],
    clock: () => Date.now() + ahead,
    ...options,
  });

describe("a machine's token", () => {
  it("is asked for once, however many want it", async () => {
    const machine = client();
    const tokens = await Promise.all(Array.from({ length: 100 }, () => machine.getToken()));
    expect(new Set(tokens)).toEqual(new Set(["token-1"]));
    expect(await machine.getToken()).toBe("token-1");
    expect(tokenRequests()).toHaveLength(1);
    expect(Object.fromEntries(tokenRequests()[0]?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      audience: "https://api.example.com",
      scope: "books:read",
    });
    expect(tokenRequests()[0]?.authorization).toMatch(/^Basic /);
  });

  it("is renewed shortly before it expires, and nobody waits for that", async () => {
    const machine = client();
    await machine.getToken();
    ahead = 3_570_000;
    expect(await Promise.all([machine.getToken(), machine.getToken()])).toEqual(["token-1", "token-1"]);
    await expect.poll(() => machine.getToken()).toBe("token-2");
    expect(tokenRequests()).toHaveLength(2);
  });

  it("that has expired is waited for", async () => {
    const machine = client();
    await machine.getToken();
    ahead = 3_600_000;
    expect(await Promise.all([machine.getToken(), machine.getToken()])).toEqual(["token-2", "token-2"]);
  });

  it("is another one for each audience", async () => {
    const machine = client();
    const one = await machine.getToken();
    const other = await machine.getToken({ audience: "https://other.example.com" });
    expect(other).not.toBe(one);
    expect(await machine.getToken()).toBe(one);
    expect(await machine.getToken({ audience: "https://other.example.com" })).toBe(other);
    expect(tokenRequests().map(({ form }) => form.get("audience"))).toEqual([
      "https://api.example.com",
      "https://other.example.com",
    ]);
  });

  it.each([
    ["an error", 400, "application/json", '{"error":"invalid_client"}', "issuer_error"],
    ["HTML", 200, "text/html", "<p>", "issuer_error"],
    ["huge", 200, "application/json", `{"a":"${"x".repeat(500_000)}"}`, "issuer_unreachable"],
    ["down", 503, "text/plain", "", "issuer_unreachable"],
  ])(
    "is not there when the answer is %s, and is asked for again the next time",
    async (_, status, type, body, code) => {
      const machine = client();
      answer = ({ url: path }, response) => {
        if (path !== "/token") return false;
        response.writeHead(status, { "content-type": type }).end(body);
        return true;
      };
      expect(await codeOf(machine.getToken())).toBe(code);
      answer = () => false;
      expect(await machine.getToken()).toBe("token-1");
    },
  );

  it("needs a secret", () => {
    expect(() => client({ clientSecret: undefined })).toThrow(/clientSecret is missing/);
    expect(() => client({ origins: ["api.example.com"] })).toThrow(/origins has "api.example.com"/);
  });

  it("is at hand in the application that signs people in, too", async () => {
    const auth = createServerAuth({
      issuer: url,
      clientId: "jobs",
      clientSecret: "a secret: with signs",
      grantType: "client_credentials",
    });
    expect(await auth.machine.getToken()).toBe("token-1");
    const publicClient = createServerAuth({
      issuer: url,
      clientId: "web",
      redirectUri: "https://app.example.com/callback",
      onWarning: () => {},
    });
    expect(await codeOf(publicClient.machine.getToken())).toBe("not_supported");
  });
});

describe("a machine's fetch", () => {
  it("sends the token to the origins that are listed", async () => {
    const response = await client().fetch(`${url}/books`, { method: "POST", body: "{}" });
    expect(await response.json()).toEqual({ authorization: "Bearer token-1" });
  });

  it("sends it nowhere else", async () => {
    const machine = client();
    for (const target of [
      "https://evil.example",
      url.replace("localhost", "localhost.evil.example"),
      url.replace("http", "https"),
    ]) {
      expect(await codeOf(machine.fetch(target))).toBe("origin_not_allowed");
    }
    expect(tokenRequests()).toHaveLength(0);
  });

  it("has the origins of its audiences if none are listed", async () => {
    const error = await client({ origins: undefined })
      .fetch(`${url}/books`)
      .catch((reason) => reason);
    expect(error).toMatchObject({
      code: "origin_not_allowed",
      message: expect.stringContaining("https://api.example.com"),
    });
  });

  it("follows no redirect", async () => {
    answer = ({ url: path }, response) => {
      if (path !== "/books") return false;
      response.writeHead(307, { location: "/elsewhere" }).end();
      return true;
    };
    expect(await codeOf(client().fetch(`${url}/books`))).toBe("api_redirected");
    expect(requests.some(({ path }) => path === "/elsewhere")).toBe(false);
  });

  it("renews a token that the API refuses, once", async () => {
    const machine = client();
    answer = ({ url: path, headers }, response) => {
      if (path !== "/books" || headers.authorization === "Bearer token-2") return false;
      response.writeHead(401).end();
      return true;
    };
    const response = await machine.fetch(`${url}/books`);
    expect(await response.json()).toEqual({ authorization: "Bearer token-2" });
    answer = ({ url: path }, refused) => {
      if (path !== "/books") return false;
      refused.writeHead(401).end();
      return true;
    };
    expect((await machine.fetch(`${url}/books`)).status).toBe(401);
    expect(requests.filter(({ path }) => path === "/books")).toHaveLength(4);
  });
});
