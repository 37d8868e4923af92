import type { ApiFetch, Auth } from "@hallpass/react";

/** What a test hands to the page, and what the page leaves for the test to look at. */
declare global {
  interface Window {
    settings: { issuer: string; clientId: string; audience: string; api: string };
    auth: Auth;
    api: ApiFetch;
    renders: number;
    /** Every function object that the hooks have handed out. */
    identities: Set<unknown>;
  }
}
