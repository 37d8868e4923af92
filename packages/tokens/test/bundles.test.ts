import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createTestIssuer } from "@hallpass/testing";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Tokens from "../src/index.ts";
import { keySet, testKey } from "./mint.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hallpass-tokens-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Bundles as for a browser or an edge runtime: nothing of Node is there to be found. */
async function bundle(entry: string): Promise<{ file: string; metafile: Metafile }> {
  const file = join(folder, entry.replaceAll("/", "-"));
  const { metafile } = await build({
    entryPoints: [join(dist, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    outfile: file,
    metafile: true,
  });
  return { file, metafile };
}

describe("the claims entry", () => {
  it("brings the readers without the verifier, in less than 9 kB before compression", async () => {
    const { metafile } = await bundle("claims/index.js");
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.some((input) => input.endsWith("claims/readers.js"))).toBe(true);
    expect(
      inputs.filter((input) => !input.includes("/claims/") && !input.endsWith("base64url.web.js")),
    ).toEqual([]);
    expect(Object.values(metafile.outputs)[0]?.bytes).toBeLessThan(9 * 1024);
  });
});

describe("the entry for one dialect", () => {
  it("brings the usual dialects and no other, whatever the bundler can shake off", async () => {
    const { metafile } = await bundle("claims/one-dialect.js");
    const dialects = Object.keys(metafile.inputs).filter((input) => input.includes("/dialects/"));
    expect(dialects.map((input) => input.replace(/^.*\//, "")).sort()).toEqual(
      ["auth0", "dialect-name", "kinde", "oauth", "shapes", "unrecognised"].map((name) => `${name}.js`),
    );
  });

  it("leaves the others to an entry that has them by their names", async () => {
    const { dialects } = await import("../src/claims/dialects/index.ts");
    const named = await import("../src/claims/dialects/every-dialect.ts");
    expect({ ...named }).toEqual(Object.fromEntries(dialects));
  });
});

describe("the verifier without Node", () => {
  it("refuses every bad token with the same code on WebCrypto", async () => {
    const { file, metafile } = await bundle("index.js");
    expect(Object.keys(metafile.inputs).filter((input) => input.includes(".node."))).toEqual([]);
    const { createVerifier } = (await import(pathToFileURL(file).href)) as typeof Tokens;

    for (const algorithm of ["RS256", "PS384", "ES256", "EdDSA"] as const) {
      await using issuer = await createTestIssuer({ algorithm });
      const { audience, clock } = issuer;
      const verifiers = [
        createVerifier({ issuer: issuer.issuer, audience, clock: clock.now, algorithms: [algorithm] }),
        createVerifier({
          issuer: issuer.issuer,
          audience,
          clock: clock.now,
          algorithms: [algorithm],
          keys: issuer.keys() as Tokens.JsonWebKeySet,
        }),
      ];
      for (const verifier of verifiers) {
        const jwt = await issuer.token({ permissions: ["read:books"] });
        expect((await verifier.verify(jwt)).permissions).toEqual(["read:books"]);
        expect(await verifier.verify(jwt)).toBe(await verifier.verify(jwt));
        for (const [name, bad] of Object.entries(issuer.badTokens)) {
          clock.advance(6);
          const verdict = await verifier.tryVerify(await bad.make());
          expect(verdict.ok ? "accepted" : verdict.error.code, `${algorithm} ${name}`).toBe(bad.code);
        }
      }
    }
  });
});

describe("the verifier on Node", () => {
  it("does not load node:crypto before there is a key", () => {
    const script = `
      const loaded = () => process.moduleLoadList.includes("NativeModule crypto");
      const { createVerifier } = await import(${JSON.stringify(pathToFileURL(join(dist, "index.js")).href)});
      const options = { issuer: "https://bookstore.kinde.com", audience: "https://api.bookstore.example" };
      createVerifier(options);
      const before = loaded();
      const keys = ${JSON.stringify(keySet(testKey()))};
      createVerifier({ ...options, keys });
      console.log(JSON.stringify([before, loaded()]));`;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual([false, true]);
  });
});
