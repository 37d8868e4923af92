import type { IncomingMessage, ServerResponse } from "node:http";
import { createTestIssuer } from "@hallpass/testing";
import { createVerifier } from "@hallpass/tokens";
import { beforeAll, describe, expect, test } from "vitest";
import { faultsOf, installPeers, probePeer, type Report, serving } from "../../test/probed.ts";
import { bookstore, freePort, project } from "../../test/project.ts";
import { hallpass } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();

const json = (response: ServerResponse, status: number, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end("{}");

const bearerOf = (request: IncomingMessage) =>
  /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];

/** An API that does everything right, with Hallpass's verifier. */
function soundApi(issuer: string) {
  const verifier = createVerifier({ issuer, audience: "https://api.bookstore.example" });
  return async (request: IncomingMessage, response: ServerResponse) => {
    const token = bearerOf(request);
    const verdict = token === undefined ? undefined : await verifier.tryVerify(token);
    if (verdict?.ok) return json(response, 200);
    const unavailable = verdict?.error.code === "keys_unavailable";
    return json(
      response,
      unavailable ? 503 : 401,
      unavailable ? { "retry-after": "5" } : { "www-authenticate": "Bearer" },
    );
  };
}

describe("APIs whose verdicts are known", () => {
  beforeAll(installPeers, 180_000);

  test("express-oauth2-jwt-bearer", { timeout: 60_000 }, async () => {
    const { code, report } = await probePeer("express-oauth2-jwt-bearer");
    expect(code).toBe(1);
    expect(faultsOf(report)).toEqual({
      accepted: ["token_in_query", "padded_base64", "noncanonical_base64", "logout_token", "dpop_proof"],
      // It looks at the key set again 30 seconds after the last time, and refuses until then.
      refused: ["good_new_key"],
    });
    expect(report.withoutChallenge).toBe(0);
  });

  test("@fastify/jwt with get-jwks", { timeout: 60_000 }, async () => {
    const { code, report } = await probePeer("fastify-jwt");
    expect(code).toBe(1);
    expect(faultsOf(report)).toEqual({
      accepted: [
        ...["bound_token", "noncanonical_base64", "logout_token", "dpop_proof"],
        ...["no_issuer", "no_audience", "no_expiry"],
      ],
      crashed: [
        ...["padded_base64", "alg_none", "alg_none_mixed_case", "hs256_with_public_key", "other_algorithm"],
        ...["unknown_crit", "not_yet_valid", "expiry_as_text", "unknown_key", "embedded_jwk"],
      ],
    });
    expect(report.withoutChallenge).toBeGreaterThan(5);
  });

  test("an API that decodes and does not verify", { timeout: 60_000 }, async () => {
    const { code, report } = await probePeer("decode-only");
    expect(code).toBe(1);
    const { accepted = [], crashed, refused } = faultsOf(report);
    expect(crashed).toEqual(["malformed", "json_serialization", "encrypted"]);
    expect(refused).toEqual(["good_scheme_in_lower_case"]);
    for (const name of [
      "alg_none",
      "forged_key",
      "tampered_payload",
      "wrong_issuer",
      "wrong_audience",
      "id_token",
    ]) {
      expect(accepted).toContain(name);
    }
    for (const name of ["expired", "no_expiry", "too_large"]) expect(accepted).not.toContain(name);
    const { why, fix } = report.findings.find(({ name }) => name === "tampered_payload") ?? {};
    expect([why, fix]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/signature/i)]);
  });

  test.skipIf(process.env.HALLPASS_NODE_20 === undefined)("on Node 20 too", { timeout: 60_000 }, async () => {
    const { code, report } = await probePeer("decode-only", [], process.env.HALLPASS_NODE_20);
    expect(code).toBe(1);
    expect(faultsOf(report).accepted).toContain("alg_none");
  });

  test("what is left out by --ignore is no fault", { timeout: 60_000 }, async () => {
    const known = [
      "token_in_query",
      "padded_base64",
      "noncanonical_base64",
      "logout_token",
      "dpop_proof",
      "good_new_key",
    ];
    const { code, report } = await probePeer(
      "express-oauth2-jwt-bearer",
      known.flatMap((name) => ["--ignore", name]),
    );
    expect([code, report.outcome]).toEqual([0, "right"]);
    expect([...report.skipped].sort()).toEqual([...known].sort());
  });
});

describe("with a test issuer", () => {
  test("an API that does everything right passes, and every answer is told", {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    await serving(soundApi(`http://localhost:${port}`), async (url) => {
      const { code, stdout } = await hallpass(["probe", url, "--test-issuer", String(port)], {
        cwd: project(),
      });
      // cnf is the guard's to refuse, not the verifier's.
      expect(stdout).toMatch(/✘ a token bound to its sender's key.*200 {2}accepted\n\s+why .*\n[\s\S]*fix /);
      expect(stdout).toMatch(/✔ no token at all +401\n[\s\S]*✔ a token that expired an hour ago +401\n/);
      expect(stdout).toMatch(/^1 of \d+ answers are wrong\.$/m);
      expect(stdout).not.toContain("eyJ");
      expect(stdout).not.toContain("\u001b");
      expect(code).toBe(1);
    });
  });

  test("the tokens have what the route asks for", async () => {
    const port = await freePort();
    const seen: unknown[] = [];
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const token = bearerOf(request);
      if (token === undefined) return json(response, 401);
      if (seen.length === 0) {
        seen.push(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
        seen.push(request.method, request.url, request.headers["x-version"], request.headers["content-type"]);
      }
      return json(response, 200);
    };
    await serving(listener, async (url) => {
      const args = ["--permission", "create:books", "--claims", '{"tenant":"north"}', "--audience", "api"];
      const request = [
        "--method",
        "post",
        "--path",
        "/other?q=1",
        "--header",
        "X-Version: 2",
        "--body",
        "{}",
      ];
      await hallpass(["probe", url, "--test-issuer", String(port), ...args, ...request], { cwd: project() });
    });
    const claims = { permissions: ["create:books"], tenant: "north", aud: ["api"] };
    expect(seen).toMatchObject([claims, "POST", "/other?q=1", "2", "application/json"]);
  });

  test("a good token that is refused: code 3, what the API said, and what to tell it", async () => {
    const port = await freePort();
    const refuse = (request: IncomingMessage, response: ServerResponse) =>
      json(response, 401, {
        "www-authenticate": bearerOf(request)
          ? 'Bearer error="invalid_token", error_description="another issuer"'
          : "Bearer",
      });
    await serving(refuse, async (url) => {
      const { code, stderr } = await hallpass(["probe", url, "--test-issuer", String(port)], {
        cwd: project(),
      });
      expect(code).toBe(3);
      expect(stderr).toContain("refuses a good token (401). It says: another issuer");
      expect(stderr).toContain(`Start the API with the issuer http://localhost:${port}`);
    });
  });

  test("--wait gives the API time to come up", async () => {
    const port = await freePort();
    let asked = 0;
    const late = (request: IncomingMessage, response: ServerResponse) => {
      asked += 1;
      return json(response, asked < 4 ? 500 : bearerOf(request) ? 200 : 401);
    };
    await serving(late, async (url) => {
      const args = ["probe", url, "--test-issuer", String(port), "--wait", "60", "--json"];
      const { code, stdout } = await hallpass(args, { cwd: project() });
      expect(code).toBe(1);
      expect((JSON.parse(stdout) as Report).findings.length).toBeGreaterThan(30);
    });
  });

  test("an API that dies of a token is told by the token", async () => {
    const port = await freePort();
    let dead = false;
    const fragile = (request: IncomingMessage, response: ServerResponse) => {
      const token = bearerOf(request);
      dead ||= token === "this-is-not-a-jwt";
      if (dead) return request.socket.destroy();
      return json(response, token === undefined ? 401 : 200);
    };
    await serving(fragile, async (url) => {
      const { code, stdout } = await hallpass(["probe", url, "--test-issuer", String(port), "--json"], {
        cwd: project(),
      });
      expect(code).toBe(1);
      expect((JSON.parse(stdout) as Report).goneAfter).toBe("malformed");
    });
  });
});

describe("what is no API to be probed", () => {
  const cases: [string, (request: IncomingMessage, response: ServerResponse) => unknown, number, RegExp][] = [
    ["lets everyone in", (_, response) => json(response, 200), 1, /lets in requests without a token/],
    [
      "redirects",
      (_, response) => json(response, 302, { location: "https://login.example/?secret=1" }),
      3,
      /redirects \(302\) to https:\/\/login\.example\/\. It is not followed/,
    ],
    [
      "answers with a page",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Shop</h1>"),
      3,
      /a web page\. That is the front end/,
    ],
    ["has no such route", (_, response) => json(response, 404), 3, /no such route[\s\S]*--path/],
    ["is in trouble", (_, response) => json(response, 500), 3, /500, also without any token/],
    ["never answers", () => undefined, 3, /did not answer within 0\.5 seconds/],
    ["hangs up", (request) => request.socket.destroy(), 3, /closed the connection/],
  ];
  test.each(cases)("one that %s", async (_, listener, expected, sentence) => {
    await serving(listener, async (url) => {
      const patience = sentence.source.includes("within") ? ["--timeout", "0.5"] : [];
      const args = ["probe", url, "--test-issuer", String(await freePort()), ...patience];
      const { code, stdout, stderr } = await hallpass(args, { cwd: project() });
      expect([code, stdout + stderr]).toEqual([expected, expect.stringMatching(sentence)]);
      expect(stdout + stderr).not.toMatch(/^\s+at /m);
      expect(stdout + stderr).not.toContain("secret");
    });
  });

  test("one that is not there", async () => {
    const url = `http://localhost:${await freePort()}/books`;
    const { code, stderr } = await hallpass(["probe", url, "--test-issuer", "0"], { cwd: project() });
    expect(code).toBe(3);
    expect(stderr).toContain("Nothing listens at localhost:");
  });
});

describe("with a token of one's own", () => {
  test("sends what can be made of it, to the address and nowhere else", { timeout: 60_000 }, async () => {
    await using issuer = await createTestIssuer();
    const token = await issuer.token();
    await serving(soundApi(issuer.issuer), async (url) => {
      const args = ["probe", url, "--token", "-", "--issuer", issuer.issuer, "--json"];
      const { code, stdout, stderr } = await hallpass(args, { cwd: project(), input: `${token}\n` });
      expect(stderr).not.toContain("error");
      const report = JSON.parse(stdout) as Report;
      expect([code, faultsOf(report)]).toEqual([0, {}]);
      const sent = report.findings.map(({ name }) => name);
      expect(sent).toEqual(
        expect.arrayContaining(["alg_none", "hs256_with_public_key", "forged_key", "tampered_payload"]),
      );
      expect(report.skipped).toEqual(expect.arrayContaining(["expired", "wrong_audience"]));
      expect(stdout + stderr).not.toContain(token.slice(-16));
    });
    expect(issuer.requests.other).toBe(0);
  });

  test("finds an API that does not verify", async () => {
    await using issuer = await createTestIssuer();
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      json(response, bearerOf(request) ? 200 : 401);
    await serving(listener, async (url) => {
      const options = { cwd: project(), input: await issuer.token() };
      const { code, stdout } = await hallpass(["probe", url, "--token", "-", "--json"], options);
      expect(code).toBe(1);
      const report = JSON.parse(stdout) as Report;
      expect(faultsOf(report).accepted).toEqual(
        expect.arrayContaining(["malformed", "alg_none", "forged_key"]),
      );
      expect(report.skipped).toContain("hs256_with_public_key");
    });
  });

  test("never sends a real token in the clear, and refuses what is none", async () => {
    await using issuer = await createTestIssuer();
    const run = async (url: string, input: string) =>
      await hallpass(["probe", url, "--token", "-"], { cwd: project(), input });
    const clear = await run("http://api.example.com/books", await issuer.token());
    expect([clear.code, clear.stderr]).toEqual([2, expect.stringContaining("in the clear")]);
    const none = await run("http://localhost:1/books", "hello");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("is no signed JWT")]);
    const old = await run("http://localhost:1/books", await issuer.badToken("expired"));
    expect([old.code, old.stderr]).toEqual([2, expect.stringContaining("has expired")]);
  });
});

test("with the development server of the folder, as its first user", { timeout: 90_000 }, async () => {
  const cwd = project(bookstore);
  const { issuer } = JSON.parse(await start(["dev", "--port", "0", "--json"], { cwd }).ready) as {
    issuer: string;
  };
  await serving(soundApi(issuer), async (url) => {
    const { code, stdout, stderr } = await hallpass(["probe", url], { cwd });
    expect(stdout).toContain(`with a token of ada@example.com from ${issuer}`);
    expect(stdout).toMatch(/✔ HS256 with the public key as its secret/);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  });
});

describe("wrong usage", () => {
  test.each([
    [["localhost:4301/books"], "is no address of an API"],
    [["ftp://localhost/books"], "is no address of an API"],
    [["http://ada:secret@localhost/books"], "a user name or a password"],
    [["http://localhost/", "--path", "//evil.example/"], "leads to another host"],
    [["http://localhost/", "--header", "Authorization: Bearer x"], "writes the Authorization header itself"],
    [["http://localhost/", "--header", "nonsense"], "is not 'Name: value'"],
    [["http://localhost/", "--method", "G T"], "is no HTTP method"],
    [["http://localhost/", "--body", "{}"], "has no body"],
    [["http://localhost/", "--timeout", "soon"], "Seconds are a number"],
    [["http://localhost/", "--ignore", "all", "--test-issuer", "0"], "names something that is not sent"],
    [["http://localhost/", "--claims", "[]", "--test-issuer", "0"], "Claims are a JSON object"],
    [["http://localhost/", "--permission", "x", "--token", "-"], "there is none"],
    [["http://localhost/", "--test-issuer", "0", "--token", "-"], "two sources of tokens"],
    [["http://localhost/"], "There are no tokens to send"],
  ])("hallpass probe %j: code 2 and the reason", async (args, reason) => {
    const { code, stdout, stderr } = await hallpass(["probe", ...args], { cwd: project() });
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(reason)]);
    expect(stderr).not.toContain("secret");
  });
});
