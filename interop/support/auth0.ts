import { AUDIENCE, type IssuerOptions } from "./identity.ts";
import type { PageSuiteOptions } from "./page-suite.ts";

const clientId = "bookstore-web";

/** An application with one of Auth0's clients for the browser, at an issuer with Auth0's face. */
export function auth0Suite(entry: string, more: Omit<IssuerOptions, "config"> = {}): PageSuiteOptions {
  return {
    entry,
    clientId,
    audience: AUDIENCE,
    issuer: (app) => ({
      config: {
        face: "auth0",
        applications: [{ clientId, type: "spa", redirectUris: [app], postLogoutRedirectUris: [app] }],
      },
      ...more,
    }),
  };
}
