import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hallpass } from "../../test/run-hallpass.ts";

const cwd = mkdtempSync(join(tmpdir(), "hallpass-explain-"));
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterAll(() => issuer.close());

const trust = () => ["--issuer", issuer.issuer, "--audience", issuer.audience];

/** Explains a token from standard input and checks that no part of it comes back. */
async function explain(token: string, ...args: string[]) {
  const outcome = await hallpass(["explain", "-", ...args], { cwd, input: `${token}\n` });
  for (let at = 0; at + 16 <= token.length; at += 1) {
    expect(outcome.stdout + outcome.stderr).not.toContain(token.slice(at, at + 16));
  }
  return outcome;
}

describe("a token that an API would accept", () => {
  test("shows every check and ends with 0", async () => {
    const { code, stdout, stderr } = await explain(await issuer.token(), ...trust());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(issuer.issuer);
    expect(stdout).toContain(issuer.audience);
    expect(stdout).toMatch(/✔ audience/);
    expect(stdout).toMatch(/✔ signature/);
    expect(stdout).toContain("Accepted: every check passed.");
    expect(stdout).not.toContain("✘");
    expect(stdout).not.toContain("\u001b");
  });

  test("is read from a pipe without the -", async () => {
    const { code } = await hallpass(["explain", ...trust()], { cwd, input: await issuer.token() });
    expect(code).toBe(0);
  });

  test("as an argument works too, with a warning about the shell's history", async () => {
    const { code, stderr } = await hallpass(["explain", await issuer.token(), ...trust()], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("stays in your shell's history");
  });

  test("is checked against HALLPASS_ISSUER and HALLPASS_AUDIENCE", async () => {
    const env = { HALLPASS_ISSUER: issuer.issuer, HALLPASS_AUDIENCE: issuer.audience };
    expect((await hallpass(["explain", "-"], { cwd, env, input: await issuer.token() })).code).toBe(0);
  });

  test("is checked against the config of the folder, where one of its APIs is enough", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hallpass-explain-"));
    const apis = [{ audience: "https://other.example" }, { audience: issuer.audience }];
    writeFileSync(join(folder, "hallpass.config.json"), JSON.stringify({ issuer: issuer.issuer, apis }));
    expect((await hallpass(["explain", "-"], { cwd: folder, input: await issuer.token() })).code).toBe(0);
  });

  test("by its client id, where tokens have no audience", async () => {
    const token = await issuer.token();
    const of = (clientId: string) => explain(token, "--issuer", issuer.issuer, "--client-id", clientId);
    expect((await of(issuer.clientId)).code).toBe(0);
    expect((await of("another")).code).toBe(1);
  });
});

describe("a token that is refused", () => {
  test.each([
    "expired",
    "wrong_audience",
    "wrong_issuer",
    "unknown_key",
    "alg_none",
    "id_token",
    "tampered_payload",
  ] as const)("%s: code 1, the reason, and the fix", async (name) => {
    const { code, stdout } = await explain(await issuer.badToken(name), ...trust());
    expect(code).toBe(1);
    expect(stdout).toContain(`Refused (${issuer.badTokens[name].code})`);
    expect(stdout).toMatch(/✘ .*\n(?:.*\n)*? +fix {7}\S/);
  });

  test("--json gives the same checks as data", async () => {
    const { code, stdout } = await explain(await issuer.badToken("wrong_audience"), ...trust(), "--json");
    expect(code).toBe(1);
    const { outcome, checks } = JSON.parse(stdout);
    expect(outcome).toBe("refused");
    expect(checks.find((check: { status: string }) => check.status === "failed")).toMatchObject({
      check: "audience",
      code: "audience_wrong",
      expected: expect.stringContaining(issuer.audience),
      fix: expect.any(String),
    });
  });

  test("something that is no token at all", async () => {
    const { code, stdout } = await explain("a,b,c", ...trust());
    expect(code).toBe(1);
    expect(stdout).toContain("token_malformed");
  });
});

describe("without an issuer", () => {
  test("says what can be said, marks it as not verified, and ends with 3", async () => {
    const { code, stdout, stderr } = await explain(await issuer.token());
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(stdout).toContain("NOT VERIFIED: no issuer was given");
    expect(stdout).toContain(`It names ${issuer.issuer}: pass that only if you trust it.`);
    expect(stdout).toContain("--issuer");
    expect(stdout).toMatch(/✔ algorithm +'RS256'/);
    expect(stdout).toMatch(/✔ expiry +20/);
    expect(stdout).toMatch(/– audience +not checked; the token says \['https:\/\/api\.bookstore\.example'\]/);
    expect(stdout).toMatch(/– signature/);
    expect(stdout).not.toContain("Accepted");
  });

  test("marks it in the JSON, too", async () => {
    const { code, stdout } = await explain(await issuer.token(), "--json");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "undecided", verified: false });
    expect(JSON.parse(stdout)).not.toHaveProperty("issuer");
  });

  test.each(["expired", "alg_none", "id_token", "malformed"] as const)(
    "refuses what any issuer's verifier would refuse: %s",
    async (name) => {
      const { code, stdout } = await explain(await issuer.badToken(name));
      expect(code).toBe(1);
      expect(stdout).toContain(`Refused (${issuer.badTokens[name].code})`);
      expect(stdout).toContain("NOT VERIFIED");
    },
  );

  test("asks nobody, also not the issuer that the token names", async () => {
    const before = { ...issuer.requests };
    await explain(await issuer.token());
    expect(issuer.requests).toEqual(before);
  });
});

test("the token is sent nowhere: the issuer is asked for its keys, with nothing of the token", async () => {
  const token = await issuer.token();
  const heard: string[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk) => heard.push(String(chunk)));
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)}`);
    response.setHeader("content-type", "application/json");
    const document = request.url?.endsWith("openid-configuration")
      ? { issuer: issuer.issuer, jwks_uri: `${issuer.url}/.well-known/jwks.json` }
      : issuer.keys();
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const address = `http://localhost:${port}`;
    const { stdout } = await explain(token, "--issuer", address, "--audience", issuer.audience);
    expect(stdout).toContain("issuer");
    expect(heard.length).toBeGreaterThan(0);
    for (const said of heard) {
      expect(said).toMatch(/^GET \/\.well-known\//);
      for (let at = 0; at + 16 <= token.length; at += 1) expect(said).not.toContain(token.slice(at, at + 16));
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("colours are for terminals, and can be forced", async () => {
  const input = await issuer.badToken("expired");
  const { stdout } = await hallpass(["explain", "-", ...trust()], { cwd, input, env: { FORCE_COLOR: "1" } });
  expect(stdout).toContain("\u001b[31m✘");
  expect(stdout).toContain("\u001b[32m✔");
});

describe("no verdict", () => {
  test("code 3 when the issuer's keys cannot be had", async () => {
    const lonely = await createTestIssuer();
    const token = await lonely.token();
    await lonely.close();
    const { code, stdout } = await explain(token, "--issuer", lonely.issuer, "--audience", lonely.audience);
    expect(code).toBe(3);
    expect(stdout).toContain("Not decided");
    expect(stdout).toContain("keys_unavailable");
  });

  test("code 2 without an audience", async () => {
    const { code, stderr } = await explain(await issuer.token(), "--issuer", issuer.issuer);
    expect(code).toBe(2);
    expect(stderr).toContain("There is no audience to check the token against.");
  });

  test("code 2 for an issuer that is no address", async () => {
    const { code, stderr } = await explain(
      await issuer.token(),
      "--issuer",
      "http://id.example.com",
      "--audience",
      "a",
    );
    expect(code).toBe(2);
    expect(stderr).toContain("issuer");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("code 2 for empty input", async () => {
    const { code, stderr } = await explain("", ...trust());
    expect(code).toBe(2);
    expect(stderr).toContain("Standard input is empty.");
  });
});

const olderNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find(
    (file) => existsSync(file) && /^v2[0-3]\./.test(execFileSync(file, ["--version"], { encoding: "utf8" })),
  );

describe.skipIf(olderNode === undefined)(`on ${olderNode ?? "an older Node (none in PATH)"}`, () => {
  const older = () => ({ cwd, node: olderNode ?? "" });

  test("explain works", async () => {
    const { code, stdout } = await hallpass(["explain", "-", ...trust()], {
      ...older(),
      input: await issuer.token(),
    });
    expect(stdout).toContain("Accepted");
    expect(code).toBe(0);
  });

  test("a config in TypeScript cannot be read there, and the alternatives are named", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hallpass-explain-"));
    writeFileSync(join(folder, "hallpass.config.ts"), "export default {};");
    const { code, stderr } = await hallpass(["explain", "-"], { ...older(), cwd: folder, input: "token" });
    expect(code).toBe(2);
    expect(stderr).toContain("cannot read TypeScript, so hallpass.config.ts cannot be loaded");
    expect(stderr).toContain("hallpass.config.mjs");
  });

  test.each([[["dev"]], [["serve"]], [["token", "--user", "a@example.com"]], [["users", "list"]]])(
    "%j says which Node it needs",
    async (args) => {
      const { code, stderr } = await hallpass(args, older());
      expect(code).toBe(2);
      expect(stderr).toMatch(/needs Node 24\.7 or newer/);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );
});
