import { expect } from "vitest";

const SLICE = 16;

/** Fails if 16 characters of the token in a row stand anywhere in `said`. */
export function expectNoTokenIn(said: string, token: unknown): void {
  if (typeof token !== "string" || token.length < SLICE) return;
  for (let i = 0; i + SLICE <= token.length; i++) {
    if (said.includes(token.slice(i, i + SLICE))) {
      expect.fail(`16 characters of the token, from the ${i}th, are in: ${said}`);
    }
  }
}
