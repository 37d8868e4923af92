/** A clock that runs with the system's until a test moves or stops it. */
export interface TestClock {
  /** Milliseconds since 1970. Needs no `this`: pass it on as a verifier's `clock`. */
  now(): number;
  /** Moves the clock by that many seconds; negative goes back. It keeps running if it was running. */
  advance(seconds: number): void;
  /** Stops the clock at that moment (milliseconds since 1970). `advance` still moves it. */
  set(milliseconds: number): void;
  /** Back to the system's time, running. */
  reset(): void;
}

export function createTestClock(): TestClock {
  let stoppedAt: number | undefined;
  let offset = 0;
  return {
    now: () => stoppedAt ?? Date.now() + offset,
    advance(seconds) {
      if (stoppedAt === undefined) offset += seconds * 1000;
      else stoppedAt += seconds * 1000;
    },
    set(milliseconds) {
      stoppedAt = milliseconds;
    },
    reset() {
      stoppedAt = undefined;
      offset = 0;
    },
  };
}
