import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { tokenErrorCodes } from "../src/token-error-codes.ts";

it("the README explains every code", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  for (const code of tokenErrorCodes) expect(readme).toContain(`\`${code}\``);
});
