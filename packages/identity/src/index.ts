export type { CreateInvitationInput, Invitation, InvitationStatus } from "./directory/index.ts";
export type {
  Identity,
  IdentityDescription,
  IdentityEvent,
  IdentityOptions,
  IdentityUser,
  Invitations,
  IssueTokenOptions,
} from "./identity.ts";
export { IdentityError, type IdentityErrorCode } from "./identity-error.ts";
export {
  type KeyRotation,
  openSigningKeys,
  type SigningKeyDescription,
  type SigningKeys,
  type SigningKeysOptions,
} from "./key-operations.ts";
export { createIdentity } from "./server.ts";
export {
  type ApiConfig,
  type ApplicationApiConfig,
  type ApplicationConfig,
  type DefaultsConfig,
  defineConfig,
  type FaceName,
  type FlagConfig,
  type HallpassConfig,
  type KeysConfig,
  type LifetimesConfig,
  type OrganizationConfig,
  type PropertyConfig,
  type RoleConfig,
  type SigningAlgorithm,
  type UserConfig,
} from "./settings/index.ts";
