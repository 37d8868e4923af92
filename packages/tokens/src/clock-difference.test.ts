import { expect, it } from "vitest";
import { secondsAhead } from "./clock-difference.ts";

const date = "Sat, 21 Nov 2026 12:00:00 GMT";
const at = Date.UTC(2026, 10, 21, 12);

it.each<
  [what: string, headers: Record<string, string>, sent: number, received: number, ahead: number | undefined]
>([
  ["the same time", { date }, at, at + 100, undefined],
  ["two seconds more, which are no trouble", { date }, at + 2000, at + 2100, undefined],
  ["an hour more", { date }, at + 3_600_500, at + 3_600_500, 3600],
  ["an hour less", { date }, at - 3_599_500, at - 3_599_500, -3600],
  [
    "an hour more, by an answer that a cache kept for an hour",
    { date, age: "3600" },
    at + 3_600_000,
    at + 3_600_100,
    undefined,
  ],
  ["something that is within the time that the answer took", { date }, at, at + 9000, undefined],
  ["no Date", {}, at, at, undefined],
  ["a Date that is none", { date: "soon" }, at, at, undefined],
  ["an Age that is none", { date, age: "old" }, at + 3_600_000, at + 3_600_000, undefined],
  ["a clock that gives nothing", { date }, Number.NaN, Number.NaN, undefined],
])("%s", (_, headers, sent, received, ahead) => {
  expect(secondsAhead(new Headers(headers), sent, received)).toBe(ahead);
});
