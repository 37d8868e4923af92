import { createServerAuth, type ServerAuth, type ServerAuthOptions } from "@hallpass/server";
import { afterEach, beforeEach } from "vitest";
import { type ScriptedIssuer, startIssuer } from "../../../client/test/support/scripted-issuer.ts";
import { type Visitor, visitor } from "./visitor.ts";

export const ORIGIN = "https://app.example.com";
export const CALLBACK = `${ORIGIN}/api/auth/callback`;
export const SECRET = "0123456789abcdef0123456789abcdef";

/** An application at an issuer that does as it is told; both are new for each test. */
export interface Suite {
  readonly issuer: ScriptedIssuer;
  /** Milliseconds by which the application's clock is ahead. */
  ahead: number;
  readonly warnings: string[];
  application(options?: Partial<ServerAuthOptions>): ServerAuth;
  /** Somebody who is signed in to an application with these options. */
  signedIn(options?: Partial<ServerAuthOptions>): Promise<{ auth: ServerAuth; browser: Visitor }>;
}

/** Call once at the top of a test file. */
export function applicationSuite(): Suite {
  const suite = {
    application: (options) =>
      createServerAuth({
        issuer: suite.issuer.url,
        clientId: "bookstore-web",
        redirectUri: CALLBACK,
        sessionSecret: SECRET,
        clock: () => Date.now() + suite.ahead,
        onWarning: (message) => suite.warnings.push(message),
        ...options,
      }),
    async signedIn(options) {
      const auth = suite.application(options);
      const browser = visitor(auth);
      await browser.signIn();
      return { auth, browser };
    },
  } as { -readonly [Key in keyof Suite]: Suite[Key] };
  beforeEach(async () => {
    suite.ahead = 0;
    suite.warnings = [];
    suite.issuer = await startIssuer();
  });
  afterEach(() => suite.issuer.close());
  return suite;
}
