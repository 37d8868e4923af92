export { type Access, accessOf, type FlagClaim } from "./access-of.ts";
export {
  type Api,
  type Application,
  findApi,
  findApplication,
  listApis,
  listApplications,
} from "./applications.ts";
export {
  type Flag,
  listFlags,
  listPermissions,
  listRoles,
  type Permission,
  type Role,
} from "./definitions.ts";
export { type Property, propertiesOf } from "./properties.ts";
