import { type AuditContext, appendEvent } from "../audit/audit-log.ts";
import { type Database, inTransaction } from "../database/index.ts";
import { emailKey } from "../directory/email.ts";
import { findUserByEmail } from "../directory/find-user.ts";
import type { User } from "../directory/user.ts";
import { isKnownSource, rememberSource } from "./known-sources.ts";
import { type PasswordHasher, PasswordsBusyError } from "./password-hasher.ts";
import { isOverlong } from "./password-policy.ts";
import { hashedKey, sourceOf } from "./source.ts";
import { admit, forgive, SIGN_IN_RULES, type ThrottleKey, takeBack } from "./throttle.ts";

export interface AuthenticateInput {
  email: string;
  password: string;
  /** Address of the browser, after trusted proxies. */
  remoteAddress: string;
  /** What the sign-in is part of, for the audit log. */
  context?: AuditContext;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

/** Who it is, or why nobody was let in. `retryAfter` is in seconds. */
export type Authentication =
  | { ok: true; user: User }
  | { ok: false; reason: "wrong_credentials" }
  | { ok: false; reason: "throttled" | "busy"; retryAfter: number };

/**
 * Checks an e-mail address and a password. An address that nobody has costs the same work, and is held up in the
 * same way, as a wrong password, so that neither text nor time tells which addresses have accounts.
 *
 * What was tried stands in the audit log afterwards. Attempts that were not even made (throttled, busy) do not, so
 * that nobody can fill the disk with them; the failures that led there do.
 */
export async function authenticate(
  db: Database,
  passwords: PasswordHasher,
  input: AuthenticateInput,
): Promise<Authentication> {
  const now = input.now ?? Date.now();
  const account = emailKey(input.email);
  const source = sourceOf(input.remoteAddress);
  const user = await findUserByEmail(db, input.email);
  // What is looked up for a user is looked up for nobody as well: each query takes time that can be measured.
  const userId = user?.id ?? "";
  const known = await isKnownSource(db, { userId, source, now });

  const pair: ThrottleKey = { key: hashedKey("pair", account, source), rule: SIGN_IN_RULES.pair };
  const fromStrangers: ThrottleKey = { key: hashedKey("account", account), rule: SIGN_IN_RULES.account };
  const anyAccount: ThrottleKey = { key: hashedKey("source", source), rule: SIGN_IN_RULES.source };
  const counters = known ? [pair, anyAccount] : [pair, fromStrangers, anyAccount];

  const admission = await admit(db, counters, now);
  if (!admission.admitted) return { ok: false, reason: "throttled", retryAfter: admission.retryAfter };

  const event = {
    ...input.context,
    type: "sign_in",
    actorId: user?.id ?? null,
    source: input.remoteAddress,
    now,
  } as const;
  const overlong = isOverlong(input.password);
  const stored = await storedHash(db, userId);
  try {
    const verdict = await passwords.verify(overlong ? "" : input.password, overlong ? undefined : stored);
    if (!user || !verdict.ok) {
      await appendEvent(db, { ...event, outcome: "failed", detail: { reason: "wrong_credentials" } });
      return { ok: false, reason: "wrong_credentials" };
    }
    if (verdict.outdated) await rehash(db, passwords, userId, input.password, now);
  } catch (error) {
    if (!(error instanceof PasswordsBusyError)) throw error;
    await takeBack(db, counters);
    return { ok: false, reason: "busy", retryAfter: error.retryAfter };
  }

  await inTransaction(db, async (trx) => {
    await takeBack(trx, [anyAccount]);
    await forgive(trx, [pair, fromStrangers]);
    await rememberSource(trx, { userId, source, now });
    await appendEvent(trx, { ...event, outcome: "ok" });
  });
  return { ok: true, user };
}

async function storedHash(db: Database, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("passwords")
    .select("hash")
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row?.hash;
}

async function rehash(
  db: Database,
  passwords: PasswordHasher,
  userId: string,
  password: string,
  now: number,
) {
  const hash = await passwords.hash(password);
  await db.updateTable("passwords").set({ hash, updated_at: now }).where("user_id", "=", userId).execute();
}
