import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createIdentity } from "@hallpass/identity";
import type { LoginOptions } from "@hallpass/server";
import Provider, { type Configuration } from "oidc-provider";
import { CALLBACK, ORIGIN } from "./application.ts";

/** An OpenID provider with one confidential web application, one machine and some people. */
export interface TestProvider {
  readonly issuer: string;
  readonly audience: string;
  /** What a sign-in has to ask for so that it can be renewed. */
  readonly login: LoginOptions;
  /** What a person types into the provider's pages. */
  fields(person: string): Record<string, string>;
  /** What the provider calls a person. */
  subject(person: string): string | undefined;
  close(): Promise<void>;
}

export const WEB = { clientId: "bookstore-server", clientSecret: randomBytes(24).toString("hex") };
export const MACHINE = { clientId: "bookstore-jobs", clientSecret: randomBytes(24).toString("hex") };
const AUDIENCE = "https://api.bookstore.example";
const OTHER_AUDIENCE = "https://warehouse.bookstore.example";
const PASSWORD = "seven maples under the hill";

/** Hallpass's own identity server, as it is or as one of the providers that it can stand in for. */
export async function startHallpass(face?: "kinde" | "auth0"): Promise<TestProvider> {
  const identity = await createIdentity({
    mode: "development",
    dataDir: ":memory:",
    port: 0,
    config: {
      ...(face && { face }),
      permissions: { "create:books": "Add a book" },
      roles: { editor: { permissions: ["create:books"] } },
      flags: { theme: { type: "string", value: "pink" } },
      organizations: [{ code: "org_bookstore", name: "The Bookstore" }],
      users: ["ada", "bob"].map((name) => ({
        email: `${name}@example.com`,
        password: PASSWORD,
        givenName: name,
        organizations: [{ code: "org_bookstore", roles: ["editor"] }],
      })),
      apis: [{ audience: AUDIENCE }, { audience: OTHER_AUDIENCE }],
      applications: [
        {
          clientId: WEB.clientId,
          type: "web",
          secret: WEB.clientSecret,
          redirectUris: [CALLBACK],
          postLogoutRedirectUris: [ORIGIN],
        },
        {
          clientId: MACHINE.clientId,
          type: "machine",
          secret: MACHINE.clientSecret,
          apis: [{ audience: AUDIENCE }, { audience: OTHER_AUDIENCE }],
        },
      ],
    },
  });
  await identity.listen();
  const users = await identity.users();
  return {
    issuer: identity.issuer,
    audience: AUDIENCE,
    login: {},
    fields: (person) => ({ email: `${person}@example.com`, password: PASSWORD }),
    subject: (person) => users.find(({ email }) => email === `${person}@example.com`)?.id,
    close: () => identity.close(),
  };
}

/** oidc-provider as it is shipped: its own pages, and whoever types a name is that person. */
export async function startOidcProvider(more: Configuration = {}): Promise<TestProvider> {
  // A connection that is closed just when it is used again would be no failure of what is tested.
  const server = createServer({ keepAliveTimeout: 120_000 });
  server.listen(0, "localhost");
  await once(server, "listening");
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: WEB.clientId,
        client_secret: WEB.clientSecret,
        redirect_uris: [CALLBACK],
        post_logout_redirect_uris: [ORIGIN],
        grant_types: ["authorization_code", "refresh_token"],
        backchannel_logout_uri: `${ORIGIN}/api/auth/back-channel-logout`,
      },
      {
        client_id: MACHINE.clientId,
        client_secret: MACHINE.clientSecret,
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
      },
    ],
    claims: { openid: ["sub"], email: ["email"], profile: ["given_name"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, given_name: id, email: `${id}@example.com` }),
    }),
    features: { clientCredentials: { enabled: true }, revocation: { enabled: true } },
    cookies: { keys: ["a-key-of-this-test"] },
    ...more,
  });
  server.on("request", provider.callback());
  return {
    issuer,
    audience: AUDIENCE,
    login: { prompt: "consent" },
    fields: (person) => ({ login: person, password: "any" }),
    subject: (person) => person,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
