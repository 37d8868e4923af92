import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/{src,test}/**/*.long.test.{ts,tsx}", "examples/*/**/*.long.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 10 * 60_000,
    hookTimeout: 60_000,
  },
});
