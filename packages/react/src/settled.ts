import type { AuthClient, AuthState } from "@hallpass/client";

/** Resolves once it is known who is signed in; on the way to the issuer, and on a server, never. */
export function settled(client: Pick<AuthClient, "getState" | "subscribe">): Promise<AuthState> {
  return new Promise((resolve) => {
    let stop = (): void => {};
    const look = (): void => {
      const state = client.getState();
      if (state.isLoading) return;
      stop();
      resolve(state);
    };
    stop = client.subscribe(look);
    look();
  });
}
