import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createTestIssuer } from "@hallpass/testing";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Tokens from "../src/index.ts";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "./mint.ts";

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

describe("a bundle in parts", () => {
  const key = testKey();
  const options = { issuer: ISSUER, audience: AUDIENCE, keys: keySet(key), clock: () => NOW };
  const good = signed(key, goodClaims());

  /** Bundles in parts, and takes away those whose names begin so. */
  async function split(name: string, ...missing: string[]): Promise<typeof Tokens> {
    const outdir = join(folder, name);
    await build({
      entryPoints: [join(dist, "index.js")],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      outdir,
      chunkNames: "[name]-[hash]",
    });
    for (const file of await readdir(outdir)) {
      if (missing.some((part) => file.startsWith(`${part}-`))) await rm(join(outdir, file));
    }
    return (await import(pathToFileURL(join(outdir, "index.js")).href)) as typeof Tokens;
  }

  it("verifies, and refuses with the whole sentence", async () => {
    const { createVerifier } = await split("whole");
    const verifier = createVerifier(options);
    expect((await verifier.verify(good)).subject).toBe("kp_1");
    const verdict = await verifier.tryVerify(signed(key, goodClaims({ aud: [] })));
    expect(verdict.ok ? "" : verdict.error.message).toMatch(/^This token is not for this API: aud is \[\]/);
    await expect(verifier.verify(`Bearer ${good}`)).rejects.toThrow("Pass the JWT alone, without 'Bearer '.");
  });

  it("still refuses, with the code, when the sentences cannot be loaded", async () => {
    const { createVerifier, explainUnverified, TokenError } = await split("silent", "words");
    const verifier = createVerifier(options);
    expect((await verifier.verify(good)).subject).toBe("kp_1");
    for (const [jwt, code] of [
      [signed(key, goodClaims({ aud: [] })), "audience_wrong"],
      [signed(testKey("RS256", "key-2"), goodClaims(), { kid: "key-1" }), "signature_invalid"],
      [`Bearer ${good}`, "token_malformed"],
      [undefined as unknown as string, "token_missing"],
    ] as const) {
      const verdict = await verifier.tryVerify(jwt);
      expect(verdict.ok ? "accepted" : verdict.error.code).toBe(code);
      expect(verdict.ok ? "" : verdict.error.message).toBe(
        `This token is refused: ${code}. Why could not be loaded.`,
      );
      await expect(verifier.verify(jwt)).rejects.toBeInstanceOf(TokenError);
      expect(await verifier.explain(jwt)).toMatchObject({ ok: false, checks: [{ status: "failed", code }] });
    }
    expect(await verifier.explain(good)).toMatchObject({ ok: true });
    expect(await explainUnverified(good)).toMatchObject({ ok: false, unverified: true });
  });

  it("accepts nothing, and asks to try again, when what verifies cannot be loaded", async () => {
    const { createVerifier } = await split("idle", "verification");
    const verifier = createVerifier(options);
    const verdict = await verifier.tryVerify(good);
    expect(verdict).toMatchObject({ ok: false, error: { code: "keys_unavailable", retryAfter: 1 } });
    expect((await verifier.explain(good)).ok).toBe(false);
    const looking = createVerifier({ issuer: () => ({ audience: AUDIENCE, keys: keySet(key) }) });
    expect((await looking.tryVerify(good)).ok).toBe(false);
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
      await createVerifier({ ...options, keys }).tryVerify(${JSON.stringify(signed(testKey(), goodClaims()))});
      console.log(JSON.stringify([before, loaded()]));`;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual([false, true]);
  });
});
