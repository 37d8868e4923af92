import type { Auth0ContextInterface } from "@hallpass/react/auth0";
import type { KindeContextProps } from "@hallpass/react/kinde";
import "./bookstore-globals.ts";

/** What the applications that were written for other SDKs leave for a test to look at. */
declare global {
  interface Window {
    kinde: KindeContextProps;
    auth0: Auth0ContextInterface;
    /** What callbacks were called with. */
    seen: unknown[][];
  }
}
