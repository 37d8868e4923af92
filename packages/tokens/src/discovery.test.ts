import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVerifier, type Verdict } from "./verifier.ts";
import type { VerifierOptions } from "./verifier-options.ts";

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await createTestIssuer();
});
afterEach(() => issuer.close());

async function check(jwt: string, options: Partial<VerifierOptions> = {}): Promise<Verdict> {
  const { audience, clock } = issuer;
  return createVerifier({ issuer: issuer.issuer, audience, clock: clock.now, ...options }).tryVerify(jwt);
}

const codeOf = (verdict: Verdict): string => (verdict.ok ? "accepted" : verdict.error.code);

describe("the issuer as people write it", () => {
  it.each([
    ["as it is", (url: string) => url],
    ["with a final slash", (url: string) => `${url}/`],
    ["without a scheme", (url: string) => url.replace("http://", "")],
    ["without a scheme and with a slash", (url: string) => `${url.replace("http://", "")}/`],
    ["in capitals", (url: string) => url.replace("localhost", "LOCALHOST")],
    ["as the address of its discovery document", (url: string) => `${url}/.well-known/openid-configuration`],
  ])("%s", async (_, written) => {
    expect(codeOf(await check(await issuer.token(), { issuer: written(issuer.issuer) }))).toBe("accepted");
  });

  it("what counts is exactly what discovery states", async () => {
    const slashed = await issuer.token({ claims: { iss: `${issuer.issuer}/` } });
    for (const written of [issuer.issuer, `${issuer.issuer}/`]) {
      expect(codeOf(await check(slashed, { issuer: written }))).toBe("issuer_wrong");
    }
    issuer.faults.discovery = { json: { issuer: `${issuer.issuer}/`, jwks_uri: issuer.jwksUri } };
    expect(codeOf(await check(slashed))).toBe("accepted");
    expect(codeOf(await check(await issuer.token()))).toBe("issuer_wrong");
  });

  it("an issuer that calls itself something else is an error that names both", async () => {
    issuer.faults.discovery = { json: { issuer: "https://other.example", jwks_uri: issuer.jwksUri } };
    const verdict = await check(await issuer.token());
    expect(codeOf(verdict)).toBe("keys_unavailable");
    expect(verdict.ok ? "" : verdict.error.message).toContain("'https://other.example'");
    expect(verdict.ok ? "" : verdict.error.message).toContain(`'${issuer.issuer}'`);
    expect(issuer.requests.jwks).toBe(0);
  });

  it.each(["not a URL", "ftp://x", "http://keys.example/jwks", "https://user:pass@x/", 5, undefined])(
    "a jwks_uri %s is not used",
    async (jwksUri) => {
      issuer.faults.discovery = { json: { issuer: issuer.issuer, jwks_uri: jwksUri } };
      expect(codeOf(await check(await issuer.token()))).toBe("keys_unavailable");
    },
  );

  it("an issuer on the internet cannot send this machine to itself", async () => {
    const asked: string[] = [];
    const json = { issuer: "https://id.example", jwks_uri: issuer.jwksUri };
    const verdict = await check(await issuer.token({ claims: { iss: "https://id.example" } }), {
      issuer: "https://id.example",
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json(json);
      },
    });
    expect(codeOf(verdict)).toBe("keys_unavailable");
    expect(asked).toEqual(["https://id.example/.well-known/openid-configuration"]);
  });
});

describe("without a discovery document", () => {
  it("the keys are at jwks.json", async () => {
    issuer.faults.discovery = { status: 404 };
    expect(codeOf(await check(await issuer.token()))).toBe("accepted");
    expect(issuer.requests.jwks).toBe(1);
  });

  it("or else at jwks", async () => {
    issuer.faults.discovery = { status: 404 };
    issuer.faults.jwks = (path) => (path.endsWith(".json") ? { status: 404 } : undefined);
    expect(codeOf(await check(await issuer.token()))).toBe("accepted");
    expect(issuer.requests.jwks).toBe(2);
  });

  it("only 404 leads on to the next place", async () => {
    issuer.faults.discovery = { status: 404 };
    issuer.faults.jwks = (path) => (path.endsWith(".json") ? { status: 403 } : undefined);
    expect(codeOf(await check(await issuer.token()))).toBe("keys_unavailable");
    expect(issuer.requests.jwks).toBe(1);
  });

  it("nowhere at all is an error that names the places", async () => {
    issuer.faults.discovery = { status: 404 };
    issuer.faults.jwks = { status: 404 };
    const verdict = await check(await issuer.token());
    expect(verdict.ok ? "" : verdict.error.message).toMatch(/jwks\.json or .*\/jwks\b/);
  });

  it("the configured issuer counts exactly", async () => {
    issuer.faults.discovery = { status: 404 };
    const verdict = await check(await issuer.token(), { issuer: `${issuer.issuer}/` });
    expect(codeOf(verdict)).toBe("issuer_wrong");
    expect(verdict.ok ? "" : verdict.error.message).toMatch(/differ by the final slash/);
  });
});

describe("an issuer with a path", () => {
  let server: Server;
  afterEach(() => server.close());

  it("has its discovery document below the path", async () => {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const { port } = server.address() as AddressInfo;
      const base = `http://localhost:${port}/realms/books`;
      response.end(JSON.stringify({ issuer: base, jwks_uri: issuer.jwksUri }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const iss = `http://localhost:${(server.address() as AddressInfo).port}/realms/books`;
    expect(codeOf(await check(await issuer.token({ claims: { iss } }), { issuer: `${iss}/` }))).toBe(
      "accepted",
    );
    expect(asked).toEqual(["/realms/books/.well-known/openid-configuration"]);
    server.closeAllConnections();
  });
});
