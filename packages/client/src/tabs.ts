import type { TokenSet } from "./session.ts";

/** Longest wait for another tab that is refreshing; its own request gives up after ten seconds. */
const LOCK_WAIT_MS = 25_000;
/** A lock that took longer was another tab's before. */
const WAITED_MS = 20;
/** A message that was sent before the lock was released may arrive a moment after it. */
const HAND_OVER_MS = 100;

/** The other tabs of this application in this browser. */
export interface Tabs {
  /** Runs `work` while no other tab of this application runs its own. Without Web Locks it just runs. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Hands new tokens to the other tabs. A refresh token never leaves the tab. */
  share(tokens: TokenSet): void;
  /** Calls `onTokens` when another tab hands over tokens, until the returned function is called. */
  listen(onTokens: (tokens: TokenSet) => void): () => void;
}

export function createTabs(lockName: string, channelName: string): Tabs {
  let channel: BroadcastChannel | undefined;

  return {
    async exclusively(work) {
      const locks = globalThis.navigator?.locks;
      if (!locks) return work();
      const since = performance.now();
      let granted = false;
      const run = async () => {
        granted = true;
        if (performance.now() - since > WAITED_MS) {
          await new Promise((resolve) => setTimeout(resolve, HAND_OVER_MS));
        }
        return work();
      };
      try {
        return await locks.request(lockName, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, run);
      } catch (error) {
        // A holder that hangs must not keep everyone else signed out.
        if (granted) throw error;
        return run();
      }
    },

    share({ accessToken, idToken, expiresIn }) {
      channel?.postMessage({ accessToken, idToken, expiresIn });
    },

    listen(onTokens) {
      if (!globalThis.BroadcastChannel) return () => {};
      const opened = new BroadcastChannel(channelName);
      channel = opened;
      opened.onmessage = ({ data }) => {
        if (typeof data?.accessToken === "string" && data.expiresIn > 0) onTokens(data);
      };
      return () => {
        opened.close();
        if (channel === opened) channel = undefined;
      };
    },
  };
}
