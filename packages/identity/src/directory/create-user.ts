import { type AuditContext, appendEvent } from "../audit/audit-log.ts";
import { rememberSource } from "../credentials/known-sources.ts";
import { type PasswordHasher, PasswordsBusyError } from "../credentials/password-hasher.ts";
import { passwordProblem } from "../credentials/password-policy.ts";
import { sourceOf } from "../credentials/source.ts";
import { admitRegistration } from "../credentials/throttle.ts";
import { newUserId } from "../database/ids.ts";
import { type Database, inTransaction } from "../database/index.ts";
import { DirectoryError, type UserField } from "./directory-error.ts";
import { emailKey, normaliseEmail } from "./email.ts";
import { findUser } from "./find-user.ts";
import { joinDefaultOrganization } from "./memberships.ts";
import { normaliseName } from "./name.ts";
import type { User } from "./user.ts";

export interface CreateUserInput {
  email: string;
  password: string;
  givenName?: string | null;
  familyName?: string | null;
  /** Address of an image. */
  picture?: string | null;
  /** Name of the application, which the password must not be made of. */
  serviceName?: string;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

export interface RegisterUserInput extends CreateUserInput {
  givenName: string;
  familyName: string;
  /** Address of the browser, after trusted proxies. */
  remoteAddress: string;
  /** What the registration is part of, for the audit log. */
  context?: AuditContext;
  /** Makes them a member of what they were invited to, in place of the default organization. */
  join?: (trx: Database, userId: string, now: number) => Promise<void>;
}

/**
 * What the registration form does: both names are needed, one source may open only so many accounts, and it
 * counts from then on as one that the account is used from.
 *
 * @throws DirectoryError `input_invalid` or `email_taken` with `fields`, `throttled`, `busy`, and what `join` throws.
 */
export async function registerUser(
  db: Database,
  passwords: PasswordHasher,
  input: RegisterUserInput,
): Promise<User> {
  const now = input.now ?? Date.now();
  refuse(problemsOf(input, { namesNeeded: true }));
  const admission = await admitRegistration(db, { remoteAddress: input.remoteAddress, now });
  if (!admission.admitted) {
    throw new DirectoryError(
      "throttled",
      "Too many accounts were opened from here. Please try again later.",
      {
        retryAfter: admission.retryAfter,
      },
    );
  }
  const event = { ...input.context, type: "registration", source: input.remoteAddress, now } as const;
  try {
    return await insertUser(db, passwords, { ...input, now }, async (trx, userId) => {
      if (input.join) await input.join(trx, userId, now);
      else await joinDefaultOrganization(trx, { userId, now });
      await rememberSource(trx, { userId, source: sourceOf(input.remoteAddress), now });
      await appendEvent(trx, { ...event, outcome: "ok", actorId: userId });
    });
  } catch (error) {
    if (error instanceof DirectoryError) {
      await appendEvent(db, { ...event, outcome: "failed", detail: { reason: error.code } });
    }
    throw error;
  }
}

/**
 * Creates someone with a password, who joins the default organization if there is one.
 *
 * @throws DirectoryError `input_invalid` or `email_taken` with `fields`, `busy`.
 */
export async function createUser(
  db: Database,
  passwords: PasswordHasher,
  input: CreateUserInput,
): Promise<User> {
  refuse(problemsOf(input, { namesNeeded: false }));
  return await insertUser(db, passwords, input, async (trx, userId, now) => {
    await joinDefaultOrganization(trx, { userId, now });
  });
}

/**
 * Stores someone whose data has been checked, and does `further` in the same transaction.
 *
 * @throws DirectoryError `email_taken`, `busy`.
 */
export async function insertUser(
  db: Database,
  passwords: PasswordHasher,
  input: CreateUserInput,
  further: (trx: Database, userId: string, now: number) => Promise<void>,
): Promise<User> {
  const now = input.now ?? Date.now();
  const hash = await hashed(passwords, input.password);
  return await inTransaction(db, async (trx) => {
    const id = newUserId();
    const added = await trx
      .insertInto("users")
      .values({
        id,
        email: normaliseEmail(input.email) ?? input.email,
        email_key: emailKey(input.email),
        email_verified: 0,
        given_name: normaliseName(input.givenName),
        family_name: normaliseName(input.familyName),
        picture: input.picture ?? null,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column("email_key").doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 0n) {
      const message = "There is already an account with this e-mail address. Sign in instead.";
      throw new DirectoryError("email_taken", message, { fields: { email: message } });
    }
    await trx.insertInto("passwords").values({ user_id: id, hash, updated_at: now }).execute();
    await further(trx, id, now);
    const user = await findUser(trx, id);
    if (!user) throw new Error("A user that was just stored is not there.");
    return user;
  });
}

async function hashed(passwords: PasswordHasher, password: string): Promise<string> {
  try {
    return await passwords.hash(password);
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    throw new DirectoryError("busy", error.message, { retryAfter: error.retryAfter });
  }
}

type Problems = Partial<Record<UserField, string>>;

function problemsOf(input: CreateUserInput, { namesNeeded }: { namesNeeded: boolean }): Problems {
  const problems: Problems = {};
  const email = normaliseEmail(input.email);
  if (email === null) problems.email = "Please enter an e-mail address, like name@example.com.";
  for (const [key, label] of [
    ["givenName", "first"],
    ["familyName", "last"],
  ] as const) {
    const name = normaliseName(input[key]);
    if (name === undefined) {
      problems[key] = `Please enter your ${label} name in one line of at most 100 characters.`;
    } else if (name === null && namesNeeded) {
      problems[key] = `Please enter your ${label} name.`;
    }
  }
  const password = passwordProblem(input.password, [
    input.email,
    input.serviceName,
    input.givenName,
    input.familyName,
  ]);
  if (password) problems.password = password.message;
  return problems;
}

function refuse(problems: Problems): void {
  const messages = Object.values(problems);
  if (messages.length === 0) return;
  throw new DirectoryError("input_invalid", messages.join(" "), { fields: problems });
}
