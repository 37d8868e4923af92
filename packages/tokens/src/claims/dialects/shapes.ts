import type { FlagValue, Role } from "../dialect.ts";
import { own } from "../jwt-claims.ts";

/** A list of strings, whether it was written as an array or as words separated by spaces (RFC 6749 section 3.3). */
export function words(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(" ").filter((word) => word !== "");
  return strings(value);
}

/** The strings of an array; anything else is an empty list. */
export function strings(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.every(isText) ? value : value.filter(isText);
}

/** A string that says something. */
export function text(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

/** Roles, whether written as strings or as objects with a `key`. */
export function roleList(value: unknown): readonly Role[] {
  if (!Array.isArray(value)) return [];
  const roles: Role[] = [];
  for (const item of value as unknown[]) {
    if (isText(item)) roles.push({ key: item });
    else if (isRecord(item) && isText(item.key)) {
      roles.push({
        key: item.key,
        ...(isText(item.name) && { name: item.name }),
        ...(isText(item.id) && { id: item.id }),
      });
    }
  }
  return roles;
}

/**
 * Flags, whether written as Kinde does, `{ theme: { t: "s", v: "pink" } }`, or plainly, `{ theme: "pink" }`. The value
 * says its type better than `t` does.
 */
export function flagMap(value: unknown): ReadonlyMap<string, FlagValue> {
  const flags = new Map<string, FlagValue>();
  if (!isRecord(value)) return flags;
  for (const [code, flag] of Object.entries(value)) {
    const v = isRecord(flag) ? own(flag, "v") : flag;
    if (typeof v === "string" || typeof v === "boolean" || typeof v === "number") flags.set(code, v);
  }
  return flags;
}

/** One name as a list, or none. */
export function listOf(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

/** The one element of a list that has just one. */
export function only(list: readonly string[]): string | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** An object, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
