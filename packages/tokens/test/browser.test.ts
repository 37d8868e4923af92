// The verifier as a page has it: bundled, on the browser's own WebCrypto and fetch.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createTestIssuer } from "@hallpass/testing";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "./mint.ts";

let browser: Browser;
let server: Server;
let page: Page;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("../dist/index.js", import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "hallpass",
    platform: "browser",
    write: false,
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  server = createServer((request, response) => {
    const isScript = request.url === "/tokens.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? script : '<!doctype html><title>tokens</title><script src="/tokens.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const executablePath = process.env.HALLPASS_CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  page = await browser.newPage();
  // WebCrypto is there in secure contexts only, of which localhost is one.
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What a verifier in the page says of each token. `now` is the time in the page. */
function codesInPage(options: object, tokens: readonly { jwt: string; now: number }[]): Promise<string[]> {
  return page.evaluate(
    async ([settings, list]) => {
      let time = 0;
      // biome-ignore lint/suspicious/noExplicitAny: the bundle's global has no types here
      const verifier = (globalThis as any).hallpass.createVerifier({ ...settings, clock: () => time });
      const codes: string[] = [];
      for (const { jwt, now } of list) {
        time = now;
        const verdict = await verifier.tryVerify(jwt);
        const explanation = await verifier.explain(jwt);
        const first = explanation.checks.find((check: { status: string }) => check.status === "failed");
        const code = verdict.ok ? "accepted" : verdict.error.code;
        codes.push(code === (first?.code ?? "accepted") ? code : `${code}, but explain says ${first?.code}`);
      }
      return codes;
    },
    [options, tokens] as const,
  );
}

describe("in Chromium, in parts", () => {
  const key = testKey();
  const tokens = [signed(key, goodClaims()), signed(key, goodClaims({ aud: [] }))];
  const options = { issuer: ISSUER, audience: AUDIENCE, keys: keySet(key) };

  /** Verifies in a page of its own; says which parts were loaded, and what became of each token. */
  async function inParts(missing: string) {
    const { outputFiles = [] } = await build({
      entryPoints: [fileURLToPath(new URL("../dist/index.js", import.meta.url))],
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "browser",
      outdir: "/parts",
      chunkNames: "[name]-[hash]",
      write: false,
    });
    const fresh = await browser.newPage();
    const loaded: string[] = [];
    await fresh.route("**/parts/**", (route) => {
      const path = new URL(route.request().url()).pathname;
      const file = outputFiles.find((output) => output.path === path);
      const name = path.replace(/^.*\/|-[A-Z0-9]{8}\.js$|\.js$/g, "");
      loaded.push(name);
      return name === missing || file === undefined
        ? route.abort()
        : route.fulfill({ contentType: "text/javascript", body: file.text });
    });
    await fresh.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await fresh.addScriptTag({
      type: "module",
      content: 'import * as parts from "/parts/index.js"; globalThis.parts = parts;',
    });
    await fresh.waitForFunction("globalThis.parts !== undefined");
    const said = await fresh.evaluate(
      async ([settings, list, now]) => {
        // biome-ignore lint/suspicious/noExplicitAny: the module has no types here
        const verifier = (globalThis as any).parts.createVerifier({ ...settings, clock: () => now });
        const answers: string[] = [];
        for (const jwt of list) {
          const verdict = await verifier.tryVerify(jwt);
          answers.push(
            verdict.ok ? verdict.token.subject : `${verdict.error.code}: ${verdict.error.message}`,
          );
        }
        return answers;
      },
      [options, tokens, NOW] as const,
    );
    await fresh.close();
    return { said, loaded };
  }

  it("a good token loads no sentences, and a refusal carries the whole one", async () => {
    const { said, loaded } = await inParts("");
    expect(said).toEqual(["kp_1", expect.stringMatching(/^audience_wrong: This token is not for this API/)]);
    expect(loaded.indexOf("verification")).toBeGreaterThan(0);
    expect(loaded.indexOf("words")).toBeGreaterThan(loaded.indexOf("verification"));
  });

  it("without the sentences the refusal stands, with its code", async () => {
    const { said } = await inParts("words");
    expect(said).toEqual(["kp_1", expect.stringMatching(/^audience_wrong: This token is refused/)]);
  });
});

describe("in Chromium", () => {
  it.each(["RS256", "PS256", "ES256", "ES512", "EdDSA"] as const)(
    "every bad token is refused with its own code, and a good one accepted: %s",
    async (algorithm) => {
      await using issuer = await createTestIssuer({ algorithm });
      const { audience, clock } = issuer;
      const tokens = [{ jwt: await issuer.token(), now: clock.now() }];
      const expected = ["accepted"];
      for (const bad of Object.values(issuer.badTokens)) {
        // Further than the 5 s during which a second unknown key would only be put off.
        clock.advance(12);
        tokens.push({ jwt: await bad.make(), now: clock.now() });
        expected.push(bad.code);
      }
      // An explanation asks for an unknown key, too, so offline: nothing is put off.
      const offline = { issuer: issuer.issuer, audience, algorithms: [algorithm], keys: issuer.keys() };
      expect(await codesInPage(offline, tokens)).toEqual(expected);

      const online = { issuer: issuer.issuer, audience, algorithms: [algorithm] };
      expect(await codesInPage(online, tokens.slice(0, 1))).toEqual(["accepted"]);
      expect(issuer.requests).toMatchObject({ discovery: 1, jwks: 1 });
    },
  );

  it("any header and claims get the same verdict as on Node", async () => {
    const { createVerifier } = await import("../src/verifier.ts");
    const key = testKey("ES256");
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ["ES256"] as const, keys: keySet(key) };
    const values = [undefined, null, "", "x", 5, 1e300, true, [], ["x"], {}, { a: 1 }, ISSUER, [AUDIENCE]];
    const jwts = ["iss", "aud", "exp", "nbf", "iat", "sub", "azp", "cnf", "nonce", "events", "scope"].flatMap(
      (name) => values.map((value) => signed(key, goodClaims({ [name]: value }))),
    );
    for (const name of ["alg", "kid", "typ", "crit", "b64", "zip"]) {
      for (const value of values) jwts.push(signed(key, goodClaims(), { [name]: value }));
    }
    const good = signed(key, goodClaims());
    for (const character of ["=", "+", "/", " ", "\n", ".", "é", "\u0000"]) {
      jwts.push(good + character, character + good, good.slice(0, 90) + character + good.slice(90));
    }
    jwts.push(good, good.slice(0, -1), `Bearer ${good}`, "", "undefined", "a.b.c", "e30.e30.", "🙂.🙂.🙂");
    const verifier = createVerifier({ ...options, clock: () => NOW });
    const onNode = await Promise.all(
      jwts.map(async (jwt) => {
        const verdict = await verifier.tryVerify(jwt);
        return verdict.ok ? "accepted" : verdict.error.code;
      }),
    );
    expect(
      await codesInPage(
        options,
        jwts.map((jwt) => ({ jwt, now: NOW })),
      ),
    ).toEqual(onNode);
    expect(new Set(onNode).size).toBeGreaterThan(8);
  });
});
