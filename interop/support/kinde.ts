import { AUDIENCE, type IssuerOptions } from "./identity.ts";
import type { PageSuiteOptions } from "./page-suite.ts";

export const clientId = "bookstore-web";

/** An application with one of Kinde's clients for the browser, at an issuer with Kinde's face. */
export function kindeSuite(entry: string, more: Omit<IssuerOptions, "config"> = {}): PageSuiteOptions {
  return {
    entry,
    clientId,
    audience: AUDIENCE,
    issuer: (app) => ({
      config: {
        face: "kinde",
        applications: [{ clientId, type: "spa", redirectUris: [app], postLogoutRedirectUris: [app] }],
      },
      ...more,
    }),
  };
}
