import { expect, test } from "vitest";
import { CliError } from "./cli-error.ts";
import { requireNodeForIdentity, runsIdentity } from "./node-version.ts";

test("Node 24.7 and later can run the identity server, earlier ones cannot", () => {
  expect(["24.7.0", "24.21.0", "25.0.0", "26.1.0"].map(runsIdentity)).toEqual([true, true, true, true]);
  expect(["20.19.0", "22.18.0", "24.6.0", "8.0.0"].map(runsIdentity)).toEqual([false, false, false, false]);
});

test("an older Node is told which one is needed and which one is running", () => {
  const attempt = () => requireNodeForIdentity("dev", "20.19.0");
  expect(attempt).toThrow(CliError);
  expect(attempt).toThrow(/hallpass dev needs Node 24\.7 or newer.*This is Node 20\.19\.0/);
});
