import type { JSONWebKeySet } from "jose";
import type {
  ApplicationType,
  FaceName,
  FlagType,
  FlagValue,
  PropertyValue,
  SigningAlgorithm,
} from "./config.ts";

/** The configuration after {@link parseSettings}: checked, and complete with its defaults. */
export interface Settings {
  issuer: string;
  face: FaceName | null;
  cookieDomain: string | null;
  permissions: PermissionSettings[];
  roles: RoleSettings[];
  flags: FlagSettings[];
  properties: PropertySettings[];
  organizations: OrganizationSettings[];
  users: UserSettings[];
  apis: ApiSettings[];
  applications: ApplicationSettings[];
  defaults: { organization: string | null; roles: string[]; creatorRoles: string[] };
  lifetimes: LifetimeSettings;
  keys: KeySettings;
}

export interface PermissionSettings {
  key: string;
  description: string;
}

export interface RoleSettings {
  key: string;
  name: string;
  permissions: string[];
}

export interface FlagSettings {
  key: string;
  type: FlagType;
  value: FlagValue;
  description: string;
}

export interface PropertySettings {
  key: string;
  name: string;
  of: "user" | "organization";
  inTokens: boolean;
}

export interface OrganizationSettings {
  code: string;
  name: string;
  flags: Record<string, FlagValue>;
  properties: Record<string, PropertyValue>;
}

export interface UserSettings {
  email: string;
  password: string;
  givenName: string | null;
  familyName: string | null;
  picture: string | null;
  organizations: { code: string; roles: string[] }[];
  flags: Record<string, FlagValue>;
  properties: Record<string, PropertyValue>;
}

export interface ApiSettings {
  audience: string;
  name: string;
  scopes: string[];
  signingAlgorithm: SigningAlgorithm;
}

export interface ApplicationSettings {
  clientId: string;
  name: string;
  type: ApplicationType;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  homeUri: string | null;
  /** `none` for a public client. */
  authentication: ClientAuthenticationMethod;
  /** As they stand in the configuration; more may be in the database. Never shown. */
  secrets: string[];
  jwks: JSONWebKeySet | null;
  pkce: "required" | "optional";
  apis: ApplicationApi[];
  organization: "required" | "optional";
}

/** How an application shows who it is. */
export type ClientAuthenticationMethod = "none" | "secret" | "private_key_jwt";

/** An API that an application may use in its own name. */
export interface ApplicationApi {
  audience: string;
  scopes: string[];
}

/** All in seconds. */
export interface LifetimeSettings {
  accessToken: number;
  idToken: number;
  refreshToken: number;
  session: number;
  interaction: number;
}

export interface KeySettings {
  /** Days. */
  rotateAfter: number;
}
