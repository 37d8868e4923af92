const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Waits for Ctrl+C or a request to end, then calls `close`. A second signal does not wait for it.
 * @returns when `close` has finished
 */
export async function closeOnSignal(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
  await close();
}
