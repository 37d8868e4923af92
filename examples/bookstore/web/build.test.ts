import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { binOf } from "../dev/bin.ts";
import { people } from "../people.ts";

it("builds for production, without anyone's password in it", async () => {
  const outDir = mkdtempSync(join(tmpdir(), "bookstore-web-"));
  const config = fileURLToPath(new URL("./vite.config.ts", import.meta.url));
  try {
    await promisify(execFile)(
      process.execPath,
      [binOf("vite"), "build", "--config", config, "--outDir", outDir, "--logLevel", "error"],
      { env: { ...process.env, NODE_ENV: "production" } },
    );
    const files = readdirSync(outDir, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(js|html|css)$/.test(file),
    );
    const all = files.map((file) => readFileSync(join(outDir, file), "utf8")).join("\n");
    expect(all.includes("notes in the margin")).toBe(true);
    const leaked = people
      .flatMap(({ password, email }) => [password, email])
      .filter((secret) => all.includes(secret));
    expect(leaked).toEqual([]);
  } finally {
    rmSync(outDir, { recursive: true });
  }
});
