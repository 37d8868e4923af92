import type { JSONWebKeySet } from "jose";
import type { Selectable } from "kysely";
import type { Database } from "../database/index.ts";
import type { ApisTable, ApplicationsTable } from "../database/schema.ts";
import type { ApplicationType, SigningAlgorithm } from "../settings/config.ts";
import type { ApplicationApi, ClientAuthenticationMethod } from "../settings/settings.ts";

/** Something that signs people in, or itself. */
export interface Application {
  clientId: string;
  name: string;
  type: ApplicationType;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  /** Where its own pages begin, if known. */
  homeUri: string | null;
  /** How it shows who it is; `none` for a public client. */
  authentication: ClientAuthenticationMethod;
  /** Public keys of an application that authenticates with `private_key_jwt`. */
  jwks: JSONWebKeySet | null;
  /** Whether its sign-ins need a PKCE challenge. */
  pkce: "required" | "optional";
  /** What it may use in its own name. */
  apis: ApplicationApi[];
  /** Whether nobody signs in to it outside of an organization. */
  organization: "required" | "optional";
}

/** Something that takes access tokens. */
export interface Api {
  audience: string;
  name: string;
  scopes: string[];
  /** How its access tokens are signed. */
  signingAlgorithm: SigningAlgorithm;
}

export async function findApplication(db: Database, clientId: string): Promise<Application | undefined> {
  const row = await db
    .selectFrom("applications")
    .selectAll()
    .where("client_id", "=", clientId)
    .executeTakeFirst();
  return row && applicationOf(row);
}

/** All applications, by client id. */
export async function listApplications(db: Database): Promise<Application[]> {
  const rows = await db.selectFrom("applications").selectAll().orderBy("client_id").execute();
  return rows.map(applicationOf);
}

export async function findApi(db: Database, audience: string): Promise<Api | undefined> {
  const row = await db.selectFrom("apis").selectAll().where("audience", "=", audience).executeTakeFirst();
  return row && apiOf(row);
}

/** All APIs, by audience. */
export async function listApis(db: Database): Promise<Api[]> {
  const rows = await db.selectFrom("apis").selectAll().orderBy("audience").execute();
  return rows.map(apiOf);
}

function applicationOf(row: Selectable<ApplicationsTable>): Application {
  return {
    clientId: row.client_id,
    name: row.name,
    type: row.type,
    redirectUris: JSON.parse(row.redirect_uris),
    postLogoutRedirectUris: JSON.parse(row.post_logout_redirect_uris),
    homeUri: row.home_uri,
    authentication: row.authentication,
    jwks: row.jwks === null ? null : JSON.parse(row.jwks),
    pkce: row.pkce,
    apis: JSON.parse(row.apis),
    organization: row.needs_organization === 1 ? "required" : "optional",
  };
}

function apiOf(row: Selectable<ApisTable>): Api {
  return {
    audience: row.audience,
    name: row.name,
    scopes: JSON.parse(row.scopes),
    signingAlgorithm: row.signing_algorithm as SigningAlgorithm,
  };
}
