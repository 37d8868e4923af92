export { type CreateUserInput, createUser, type RegisterUserInput, registerUser } from "./create-user.ts";
export { DirectoryError, type DirectoryErrorCode, type UserField } from "./directory-error.ts";
export { findUser, findUserByEmail, type ListUsersOptions, listUsers } from "./find-user.ts";
export {
  acceptInvitation,
  type CreateInvitationInput,
  createInvitation,
  findInvitation,
  type Invitation,
  type InvitationRefusal,
  type InvitationStatus,
  invitationHash,
  invitationRefusal,
  listInvitations,
  revokeInvitation,
} from "./invitations.ts";
export {
  addMember,
  createOrganization,
  listOrganizations,
  type Membership,
  membershipsOf,
  organizationsOf,
} from "./memberships.ts";
export type { Organization, User } from "./user.ts";
