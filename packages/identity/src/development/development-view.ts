import { listApis, listApplications, listFlags, listPermissions, listRoles } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { emailKey } from "../directory/email.ts";
import { listOrganizations, listUsers, membershipsOf } from "../directory/index.ts";
import type { Settings } from "../settings/settings.ts";
import type { DevelopmentUser, DevelopmentView } from "./development-page.ts";

const SHOWN_USERS = 100;

/** Collects what the development page shows, with the passwords of the users that the settings seed. */
export async function developmentView(
  db: Database,
  settings: Pick<Settings, "issuer" | "users">,
): Promise<DevelopmentView> {
  const passwords = new Map(settings.users.map(({ email, password }) => [emailKey(email), password]));
  const page = await listUsers(db, { limit: SHOWN_USERS });
  const users: DevelopmentUser[] = [];
  for (const user of page.users) {
    const seededPassword = passwords.get(emailKey(user.email));
    users.push({
      ...user,
      memberships: await membershipsOf(db, user.id),
      ...(seededPassword === undefined ? {} : { seededPassword }),
    });
  }
  return {
    issuer: settings.issuer,
    users,
    moreUsers: page.next !== null,
    applications: await listApplications(db),
    apis: await listApis(db),
    permissions: await listPermissions(db),
    roles: await listRoles(db),
    flags: await listFlags(db),
    organizations: await listOrganizations(db),
  };
}
