import { defineConfig, devices } from "@playwright/test";

/** The flags that keep a headless Chromium quiet on a machine that reaches nothing but itself. */
const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  fullyParallel: false,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    ...devices["Desktop Chrome"],
    channel: undefined,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.HALLPASS_CHROMIUM ?? "/usr/bin/chromium",
      args: chromiumArguments,
    },
  },
});
