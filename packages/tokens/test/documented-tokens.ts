import type { Algorithm } from "../src/algorithms.ts";
import type { Role } from "../src/claims/dialect.ts";
import type { VerifierOptions } from "../src/verifier-options.ts";
import { AUDIENCE, NOW } from "./mint.ts";

/** An access token as its issuer documents it, and what must be read from it. */
export interface DocumentedToken {
  /** The dialect that the issuer's address must lead to. */
  readonly dialect: string;
  /** What is special about this one, where an issuer has several. */
  readonly variant?: string;
  readonly options: Pick<VerifierOptions, "audience" | "clientId"> & { issuer: string };
  readonly algorithm?: Algorithm;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly read: {
    readonly subject?: string;
    readonly clientId?: string;
    readonly permissions?: readonly string[];
    readonly scopes?: readonly string[];
    readonly roles?: readonly Role[];
    readonly organization?: string;
    readonly flags?: Readonly<Record<string, string | boolean | number>>;
  };
}

const iat = NOW / 1000 - 60;
const exp = iat + 3600;
const tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
const cognitoPool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1b2C3d4E";
const realm = "https://id.bookstore.example/realms/books";

export const documentedTokens: readonly DocumentedToken[] = [
  {
    // https://docs.kinde.com/build/tokens/about-access-tokens/
    dialect: "kinde",
    options: { issuer: "https://bookstore.kinde.com", audience: AUDIENCE },
    header: { typ: "JWT" },
    claims: {
      iss: "https://bookstore.kinde.com",
      sub: "kp_c3143a4b50ad43c88e541d9077681782",
      aud: [AUDIENCE],
      azp: "f0e2a9b1c4d84a7f8d5c",
      iat,
      exp,
      jti: "27daa125-2fb2-4e14-9270-742cd56e764b",
      org_code: "org_1234",
      permissions: ["create:books", "read:books"],
      roles: [{ id: "018c-1", key: "editor", name: "Editor" }],
      scp: ["openid", "profile", "email", "offline"],
      feature_flags: {
        theme: { t: "s", v: "pink" },
        is_dark_mode: { t: "b", v: true },
        competitions_limit: { t: "i", v: 5 },
      },
    },
    read: {
      subject: "kp_c3143a4b50ad43c88e541d9077681782",
      clientId: "f0e2a9b1c4d84a7f8d5c",
      permissions: ["create:books", "read:books"],
      scopes: ["openid", "profile", "email", "offline"],
      roles: [{ id: "018c-1", key: "editor", name: "Editor" }],
      organization: "org_1234",
      flags: { theme: "pink", is_dark_mode: true, competitions_limit: 5 },
    },
  },
  {
    // https://docs.kinde.com/build/tokens/token-customization/ (the names for Hasura)
    dialect: "kinde",
    variant: "with the names for Hasura",
    options: { issuer: "https://bookstore.kinde.com", audience: AUDIENCE },
    header: { typ: "JWT" },
    claims: {
      iss: "https://bookstore.kinde.com",
      sub: "kp_1",
      aud: [AUDIENCE],
      azp: "f0e2a9b1c4d84a7f8d5c",
      iat,
      exp,
      scp: ["openid"],
      "x-hasura-org-code": "org_1234",
      "x-hasura-permissions": ["create:books"],
      "x-hasura-roles": [{ id: "018c-1", key: "editor", name: "Editor" }],
      "x-hasura-feature-flags": { is_dark_mode: { t: "b", v: false } },
    },
    read: {
      permissions: ["create:books"],
      scopes: ["openid"],
      roles: [{ id: "018c-1", key: "editor", name: "Editor" }],
      organization: "org_1234",
      flags: { is_dark_mode: false },
    },
  },
  {
    // https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
    dialect: "auth0",
    options: { issuer: "https://bookstore.eu.auth0.com/", audience: AUDIENCE },
    header: { typ: "at+jwt" },
    claims: {
      iss: "https://bookstore.eu.auth0.com/",
      sub: "auth0|60f1a2b3c4d5e6f7a8b9c0d1",
      aud: [AUDIENCE, "https://bookstore.eu.auth0.com/userinfo"],
      iat,
      exp,
      scope: "openid profile read:books",
      client_id: "K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja",
      jti: "sq2WxKQ4vNkGN6yqU3tZ1k",
      org_id: "org_fGzsXd4nIeAXBrrU",
      permissions: ["read:books", "create:books"],
      "https://bookstore.example/roles": ["editor"],
    },
    read: {
      subject: "auth0|60f1a2b3c4d5e6f7a8b9c0d1",
      clientId: "K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja",
      permissions: ["read:books", "create:books"],
      scopes: ["openid", "profile", "read:books"],
      roles: [{ key: "editor" }],
      organization: "org_fGzsXd4nIeAXBrrU",
    },
  },
  {
    // https://www.keycloak.org/securing-apps/oidc-layers and
    // https://www.keycloak.org/docs/latest/server_admin/#_managing_organizations
    dialect: "keycloak",
    options: { issuer: realm, audience: "bookstore-api" },
    header: { typ: "JWT" },
    claims: {
      exp,
      iat,
      jti: "ed9d98e4-6bd4-4b5b-9f1f-6f2a1d7c2f6b",
      iss: realm,
      aud: ["bookstore-api", "account"],
      sub: "0f8b4c5e-3b7d-4f6e-8f4e-8d7f8a9b0c1d",
      typ: "Bearer",
      azp: "bookstore-web",
      sid: "1c5b7a4e-1111-4222-8333-abcdefabcdef",
      acr: "1",
      realm_access: { roles: ["offline_access", "editor"] },
      resource_access: { "bookstore-api": { roles: ["publish"] }, account: { roles: ["view-profile"] } },
      scope: "openid email profile",
      organization: { acme: { id: "a56bea03-5904-470a-b21c-92b7f3069d44" } },
      preferred_username: "alice",
    },
    read: {
      subject: "0f8b4c5e-3b7d-4f6e-8f4e-8d7f8a9b0c1d",
      clientId: "bookstore-web",
      permissions: [],
      scopes: ["openid", "email", "profile"],
      roles: [
        { key: "offline_access" },
        { key: "editor" },
        { key: "bookstore-api:publish" },
        { key: "account:view-profile" },
      ],
      organization: "acme",
    },
  },
  {
    // https://www.keycloak.org/docs/latest/authorization_services/#_service_rpt_overview
    dialect: "keycloak",
    variant: "with permissions of its authorization services",
    options: { issuer: realm, audience: "bookstore-api" },
    header: { typ: "JWT" },
    claims: {
      exp,
      iat,
      iss: realm,
      aud: "bookstore-api",
      sub: "0f8b4c5e-3b7d-4f6e-8f4e-8d7f8a9b0c1d",
      typ: "Bearer",
      azp: "bookstore-web",
      authorization: {
        permissions: [
          { rsid: "d2fe9843-6462-4bfc-baba-b5787bb6e0e7", rsname: "books", scopes: ["read", "create"] },
          { rsid: "3f1a", rsname: "shelf" },
        ],
      },
      organization: ["acme", "globex"],
    },
    read: { permissions: ["books:read", "books:create", "shelf"], roles: [], scopes: [] },
  },
  {
    // https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
    dialect: "entra",
    options: {
      issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
      audience: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
    },
    header: { typ: "JWT" },
    claims: {
      aud: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      iat,
      nbf: iat,
      exp,
      azp: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
      azpacr: "0",
      name: "Abe Lincoln",
      oid: "690222be-ff1a-4d56-abd1-7e4f7d38e474",
      preferred_username: "abeli@microsoft.com",
      rh: "I",
      roles: ["Books.Publish"],
      scp: "Books.Read Books.Write",
      sub: "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
      tid: tenant,
      uti: "fqiBqXLPj0eQa82S-IYFAA",
      ver: "2.0",
    },
    read: {
      clientId: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
      permissions: ["Books.Publish"],
      scopes: ["Books.Read", "Books.Write"],
      roles: [{ key: "Books.Publish" }],
      organization: tenant,
    },
  },
  {
    // https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens (version 1.0)
    dialect: "entra",
    variant: "version 1.0",
    options: { issuer: `https://sts.windows.net/${tenant}/`, audience: "api://bookstore" },
    header: { typ: "JWT", x5t: "i6lGk3FZzxRcUb2C3nEQ7syHJlY" },
    claims: {
      aud: "api://bookstore",
      iss: `https://sts.windows.net/${tenant}/`,
      iat,
      nbf: iat,
      exp,
      appid: "ef1da9d4-ff77-4c3e-a005-840c3f830745",
      appidacr: "0",
      scp: "access_as_user",
      sub: "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA",
      tid: tenant,
      ver: "1.0",
    },
    read: {
      clientId: "ef1da9d4-ff77-4c3e-a005-840c3f830745",
      scopes: ["access_as_user"],
      organization: tenant,
    },
  },
  {
    // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    dialect: "cognito",
    options: { issuer: cognitoPool, clientId: "1example23456789" },
    header: { typ: undefined },
    claims: {
      sub: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
      "cognito:groups": ["editors"],
      iss: cognitoPool,
      version: 2,
      client_id: "1example23456789",
      origin_jti: "dddddddd-eeee-ffff-0000-111111111111",
      event_id: "64f513be-32db-42b0-b78e-b02127b4f463",
      token_use: "access",
      scope: "openid https://api.bookstore.example/books.read",
      auth_time: iat,
      exp,
      iat,
      jti: "eeeeeeee-ffff-0000-1111-222222222222",
      username: "alice",
    },
    read: {
      clientId: "1example23456789",
      scopes: ["openid", "https://api.bookstore.example/books.read"],
      roles: [{ key: "editors" }],
    },
  },
  {
    // https://docs.logto.io/authorization/organization-template/protect-organization-resources
    dialect: "logto",
    options: { issuer: "https://bookstore.logto.app/oidc", audience: AUDIENCE },
    algorithm: "ES384",
    header: { typ: "at+jwt" },
    claims: {
      jti: "pK3Xc8bT2a",
      sub: "foobarbaz123",
      iat,
      exp,
      scope: "read:books create:books",
      client_id: "h2xpq8l0m1n2o3p4q5r6s",
      iss: "https://bookstore.logto.app/oidc",
      aud: AUDIENCE,
      organization_id: "org_12345",
    },
    read: {
      clientId: "h2xpq8l0m1n2o3p4q5r6s",
      permissions: ["read:books", "create:books"],
      scopes: ["read:books", "create:books"],
      organization: "org_12345",
    },
  },
  {
    // https://docs.logto.io/authorization/organization-permissions
    dialect: "logto",
    variant: "for an organization itself",
    options: { issuer: "https://bookstore.logto.app/oidc", audience: "urn:logto:organization:org_12345" },
    algorithm: "ES384",
    header: { typ: "at+jwt" },
    claims: {
      sub: "foobarbaz123",
      iat,
      exp,
      scope: "invite:member",
      client_id: "h2xpq8l0m1n2o3p4q5r6s",
      iss: "https://bookstore.logto.app/oidc",
      aud: "urn:logto:organization:org_12345",
    },
    read: { permissions: ["invite:member"], organization: "org_12345" },
  },
  {
    // https://clerk.com/docs/guides/sessions/session-tokens (version 2)
    dialect: "clerk",
    options: { issuer: "https://clerk.bookstore.example", clientId: "https://bookstore.example" },
    header: { typ: "JWT" },
    claims: {
      azp: "https://bookstore.example",
      exp,
      fva: [7, -1],
      iat,
      iss: "https://clerk.bookstore.example",
      jti: "a1b2c3d4e5",
      nbf: iat,
      sid: "sess_2abc",
      sts: "active",
      sub: "user_123",
      v: 2,
      pla: "o:pro",
      fea: "o:books,u:newsletter,uo:shelves",
      o: { id: "org_123", slg: "acme", rol: "admin", per: "read,manage", fpm: "3,1" },
    },
    read: {
      clientId: "https://bookstore.example",
      permissions: ["org:books:read", "org:books:manage", "org:shelves:read"],
      scopes: [],
      roles: [{ key: "org:admin" }],
      organization: "org_123",
    },
  },
  {
    // https://clerk.com/docs/guides/sessions/session-tokens (version 1)
    dialect: "clerk",
    variant: "version 1",
    options: { issuer: "https://bookstore.clerk.accounts.dev", clientId: "https://bookstore.example" },
    header: { typ: "JWT" },
    claims: {
      azp: "https://bookstore.example",
      exp,
      iat,
      iss: "https://bookstore.clerk.accounts.dev",
      nbf: iat,
      sid: "sess_2abc",
      sub: "user_123",
      org_id: "org_123",
      org_slug: "acme",
      org_role: "org:admin",
      org_permissions: ["org:books:read"],
    },
    read: {
      permissions: ["org:books:read"],
      roles: [{ key: "org:admin" }],
      organization: "org_123",
    },
  },
  {
    // https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ (access token)
    dialect: "okta",
    options: { issuer: "https://bookstore.okta.com/oauth2/default", audience: "api://default" },
    header: { typ: undefined },
    claims: {
      ver: 1,
      jti: "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
      iss: "https://bookstore.okta.com/oauth2/default",
      aud: "api://default",
      sub: "user@example.com",
      iat,
      exp,
      cid: "nmdP1fcyvdVO11AL7ECm",
      uid: "00ujmkLgagxeRrAg20g3",
      scp: ["openid", "email", "books:read"],
      groups: ["Everyone", "Editors"],
    },
    read: {
      clientId: "nmdP1fcyvdVO11AL7ECm",
      scopes: ["openid", "email", "books:read"],
      roles: [{ key: "Everyone" }, { key: "Editors" }],
    },
  },
  {
    // https://www.rfc-editor.org/rfc/rfc9068#section-2.2.4 (an address that says nothing: the dialect is named)
    dialect: "unrecognised",
    options: { issuer: "https://authorization-server.example", audience: "https://rs.example.com/" },
    header: { typ: "at+JWT" },
    claims: {
      iss: "https://authorization-server.example",
      sub: "5ba552d67",
      aud: "https://rs.example.com/",
      exp,
      iat,
      jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
      client_id: "s6BhdRkqt3",
      scope: "openid profile reademail",
    },
    read: { subject: "5ba552d67", clientId: "s6BhdRkqt3", scopes: ["openid", "profile", "reademail"] },
  },
];
