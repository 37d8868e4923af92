import { newEventId } from "../database/ids.ts";
import type { Database } from "../database/index.ts";

/** What is worth keeping: every act that concerns someone's account or access. */
export type AuditEventType =
  | "sign_in"
  | "registration"
  | "sign_out"
  | "organization_created"
  | "organization_chosen"
  | "organization_refused"
  | "invitation_created"
  | "invitation_accepted"
  | "invitation_refused"
  | "invitation_revoked"
  | "token_revoked"
  | "refresh_token_reused"
  | "key_rotated"
  | "key_retired"
  | "client_authentication"
  | "client_secret_added"
  | "client_secret_revoked";

/** What an act is part of, for its event. */
export interface AuditContext {
  /** The application it was done in. */
  clientId?: string;
  /** What ties the events of one sign-in together. */
  correlationId?: string;
}

export interface AuditEntry extends AuditContext {
  type: AuditEventType;
  outcome: "ok" | "failed";
  /** Id of the user who did it, if known. */
  actorId?: string | null;
  /** Address it came from. */
  source?: string | null;
  /** Anything else, never a secret: `{ reason: "wrong_credentials" }`. */
  detail?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds since 1970; the system's clock if not given. */
  now?: number;
}

export interface AuditEvent {
  id: string;
  /** Milliseconds since 1970. */
  occurredAt: number;
  type: string;
  outcome: "ok" | "failed";
  actorId: string | null;
  clientId: string | null;
  source: string | null;
  correlationId: string | null;
  detail: Record<string, string | number | boolean | null>;
}

/** Adds an event. It is on the disk when the promise is fulfilled. There is no function to change or remove one. */
export async function appendEvent(db: Database, entry: AuditEntry): Promise<void> {
  const now = entry.now ?? Date.now();
  await db
    .insertInto("audit_events")
    .values({
      id: newEventId(now),
      occurred_at: now,
      type: entry.type,
      outcome: entry.outcome,
      actor_id: entry.actorId ?? null,
      client_id: printable(entry.clientId),
      source: printable(entry.source),
      correlation_id: printable(entry.correlationId),
      // JSON escapes line breaks and the escape character of terminals, but not DEL and C1.
      detail: printable(JSON.stringify(entry.detail ?? {})),
    })
    .execute();
}

/** The newest events first; `before` is the id of the last one of the page before. */
export async function listEvents(
  db: Database,
  options: { limit?: number; before?: string; actorId?: string } = {},
): Promise<AuditEvent[]> {
  let query = db
    .selectFrom("audit_events")
    .selectAll()
    .orderBy("id", "desc")
    .limit(Math.min(500, Math.max(1, Math.trunc(options.limit ?? 50))));
  if (options.before !== undefined) query = query.where("id", "<", options.before);
  if (options.actorId !== undefined) query = query.where("actor_id", "=", options.actorId);
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    occurredAt: row.occurred_at,
    type: row.type,
    outcome: row.outcome,
    actorId: row.actor_id,
    clientId: row.client_id,
    source: row.source,
    correlationId: row.correlation_id,
    detail: JSON.parse(row.detail),
  }));
}

/** Control characters written out, so that no line of a log that is printed can pretend to be another. */
function printable(text: string): string;
function printable(text: string | null | undefined): string | null;
function printable(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
