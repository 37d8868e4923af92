import { expect, test } from "vitest";
import { openDatabase } from "../database/index.ts";
import { appendEvent, listEvents } from "./audit-log.ts";

test("events come back newest first, page by page", async () => {
  await using db = await openDatabase({ file: ":memory:" });
  for (let now = 1; now <= 5; now += 1) {
    await appendEvent(db, { type: "sign_in", outcome: "ok", actorId: now % 2 ? "kp_a" : "kp_b", now });
  }
  const first = await listEvents(db, { limit: 2 });
  expect(first.map(({ occurredAt }) => occurredAt)).toEqual([5, 4]);
  const second = await listEvents(db, { limit: 2, before: first[1]?.id ?? "" });
  expect(second.map(({ occurredAt }) => occurredAt)).toEqual([3, 2]);
  expect((await listEvents(db, { actorId: "kp_a" })).map(({ occurredAt }) => occurredAt)).toEqual([5, 3, 1]);
});

test("an event keeps who, where and why", async () => {
  await using db = await openDatabase({ file: ":memory:" });
  await appendEvent(db, {
    type: "sign_in",
    outcome: "failed",
    clientId: "bookstore-web",
    source: "192.0.2.1",
    correlationId: "c1",
    detail: { reason: "wrong_credentials" },
    now: 1,
  });
  expect(await listEvents(db)).toEqual([
    {
      id: expect.stringMatching(/^evt_/),
      occurredAt: 1,
      type: "sign_in",
      outcome: "failed",
      actorId: null,
      clientId: "bookstore-web",
      source: "192.0.2.1",
      correlationId: "c1",
      detail: { reason: "wrong_credentials" },
    },
  ]);
});

test("line breaks and terminal escapes are kept as text that breaks no line", async () => {
  await using db = await openDatabase({ file: ":memory:" });
  const hostile = "a\r\nb\u001b[31m\u009b";
  await appendEvent(db, {
    type: "sign_in",
    outcome: "failed",
    clientId: hostile,
    detail: { reason: hostile },
  });
  const row = await db.selectFrom("audit_events").selectAll().executeTakeFirstOrThrow();
  expect(Object.values(row).join(" ")).not.toMatch(/\p{Cc}/u);
  expect(row.client_id).toBe("a\\u000d\\u000ab\\u001b[31m\\u009b");
  expect((await listEvents(db))[0]?.detail.reason).toBe(hostile);
});
