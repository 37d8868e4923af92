import { describe, expect, it } from "vitest";
import { formatExplanation } from "../src/explanation.ts";
import { tokenErrorCodes } from "../src/token-error-codes.ts";
import { refusalExamples, refusalsDocument } from "./refusals.ts";

describe("every code", () => {
  it.each(tokenErrorCodes)("%s has an example", (code) => {
    expect(refusalExamples.some((one) => one.code === code)).toBe(true);
  });
});

describe.each(refusalExamples)("$code: $cause", ({ code, produce }) => {
  it("comes about, the same by tryVerify and explain, with found, expected and fix", async () => {
    const { error, explanation } = await produce();
    expect(error?.code).toBe(code);
    const failed = explanation.checks.filter(({ status }) => status === "failed");
    expect(failed[0]?.code).toBe(code);
    for (const check of failed) {
      for (const part of ["found", "expected", "fix", "message"] as const) {
        expect(check[part], `${check.check}: ${part}`).toMatch(/\S/);
      }
    }
    for (const part of ["found", "expected", "fix"] as const) expect(error?.[part], part).toMatch(/\S/);
    expect(error?.message).toContain(error?.fix);
    expect(formatExplanation(explanation)).toContain(code);
  });
});

it("docs/refusals.md is what the code says now", async () => {
  await expect(await refusalsDocument()).toMatchFileSnapshot("../../../docs/refusals.md");
});
