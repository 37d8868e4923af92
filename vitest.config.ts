import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/{src,test}/**/*.test.{ts,tsx}",
      "examples/*/**/*.test.{ts,tsx}",
      "scripts/**/*.test.js",
      "bench/**/*.test.js",
    ],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.long.test.{ts,tsx}"],
    // Many tests wait for servers and browsers: also two cores are well used by two workers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For what hangs: a machine that is busy may be ten times slower than a quiet one.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
