import type { Clock } from "./clock.ts";

const STAMPS = ["iat", "exp", "auth_time"] as const;

/** The claims of an ID token with its times where development controls have put the clock. */
export function movedStamps(claims: Record<string, unknown>, clock: Clock): Record<string, unknown> {
  const offset = clock.offset();
  if (offset === 0) return claims;
  const moved = { ...claims };
  for (const name of STAMPS) {
    const stamp = claims[name];
    if (typeof stamp === "number") moved[name] = stamp + offset;
  }
  return moved;
}
