import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** Takes the pictures of the README anew: `npm run pictures`. */
export default defineConfig({
  ...tests,
  testMatch: "*.picture.ts",
  use: { ...tests.use, trace: "off", viewport: { width: 1280, height: 860 }, colorScheme: "light" },
});
