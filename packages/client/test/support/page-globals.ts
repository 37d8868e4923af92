import type * as hallpass from "@hallpass/client";

/** What the page under test puts into its window, for tests to use. */
declare global {
  interface Window {
    /** Set by the test before any document loads. */
    options: hallpass.AuthClientOptions;
    hallpass: typeof hallpass;
    client: hallpass.AuthClient;
    /** Every state the page has seen. */
    states: hallpass.AuthState[];
    /** What `onRedirect` was called with. */
    arrivals: unknown[];
  }
}
