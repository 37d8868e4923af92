import type { Database } from "./database/index.ts";
import { findUserByEmail, listUsers, membershipsOf } from "./directory/index.ts";
import type { IdentityUser, IssueTokenOptions } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";
import { signAccessToken, type TokenSigner } from "./provider/sign-tokens.ts";
import type { Settings } from "./settings/index.ts";

const PAGE = 500;

/** Everybody with their organizations, in the order in which they were created. */
export async function allUsers(db: Database): Promise<IdentityUser[]> {
  const users: IdentityUser[] = [];
  let after: string | null | undefined;
  do {
    const page = await listUsers(db, { limit: PAGE, ...(after ? { after } : {}) });
    for (const user of page.users) users.push({ ...user, memberships: await membershipsOf(db, user.id) });
    after = page.next;
  } while (after !== null);
  return users;
}

/**
 * Signs an access token for somebody named by their address.
 *
 * @param expiresIn seconds.
 * @throws IdentityError `user_unknown`, `application_unknown`, `audience_unknown`, `audiences_differ`, `organization_unknown`
 */
export async function issueToken(
  signer: TokenSigner,
  settings: Settings,
  expiresIn: number,
  { email, clientId, audience, organization }: IssueTokenOptions,
): Promise<{ accessToken: string; expiresIn: number }> {
  const user = await findUserByEmail(signer.db, email);
  if (!user) {
    throw new IdentityError(
      "user_unknown",
      "There is no user with this e-mail address. Those who exist: hallpass users list",
    );
  }
  const application = settings.applications.find((each) =>
    clientId === undefined ? each.type !== "machine" : each.clientId === clientId,
  );
  if (!application) {
    throw new IdentityError(
      "application_unknown",
      "There is no such application in the configuration. Add it to applications, or name one that is there.",
    );
  }
  if (application.type === "machine") {
    throw new IdentityError(
      "application_unknown",
      "Nobody signs in to this application: it is a machine. Its token comes from the token endpoint, with its secret.",
    );
  }
  const accessToken = await signAccessToken(signer, {
    userId: user.id,
    clientId: application.clientId,
    audience: audience === undefined ? settings.apis.map((api) => api.audience) : [audience],
    expiresIn,
    ...(organization === undefined ? {} : { organization }),
  });
  return { accessToken, expiresIn };
}
