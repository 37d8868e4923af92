import type { Database } from "./database/index.ts";
import {
  createInvitation,
  DirectoryError,
  findUserByEmail,
  listInvitations,
  listUsers,
  membershipsOf,
  revokeInvitation,
} from "./directory/index.ts";
import type { IdentityUser, Invitations, IssueTokenOptions } from "./identity.ts";
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

/** Invitations for those who run the server. */
export function invitationOperations(db: Database): Invitations {
  return {
    create: (input) => explained(createInvitation(db, input)),
    list: () => listInvitations(db),
    revoke: (id) => explained(revokeInvitation(db, id)),
  };
}

const INVITATION_ERRORS = {
  input_invalid: "invitation_invalid",
  organization_unknown: "organization_unknown",
  role_unknown: "role_unknown",
  invitation_unknown: "invitation_unknown",
} as const;

async function explained<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DirectoryError) || !Object.hasOwn(INVITATION_ERRORS, error.code)) throw error;
    const code = INVITATION_ERRORS[error.code as keyof typeof INVITATION_ERRORS];
    throw new IdentityError(code, error.message, error);
  }
}
