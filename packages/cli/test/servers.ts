import { afterEach } from "vitest";
import { type Running, type RunOptions, startHallpass } from "./run-hallpass.ts";

/** Starts commands that go on running, and stops them after each test. To be called once in a test file. */
export function stoppedAfterEach(): (args: readonly string[], options: RunOptions) => Running {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.stop()));
  });
  return (args, options) => {
    const started = startHallpass(args, options);
    running.push(started);
    return started;
  };
}
