import { audience, client } from "./audience.ts";
import type { Check, CheckName } from "./check.ts";
import { claims } from "./claims.ts";
import { CHECKS } from "./index.ts";
import { issuer } from "./issuer.ts";
import { key } from "./key.ts";
import { rule } from "./rule.ts";
import { signature } from "./signature.ts";
import { age, expiry, start } from "./time.ts";
import { type } from "./type.ts";

/** The checks that are run only on signed JWTs of an accepted algorithm. */
export type LaterCheckName = Exclude<CheckName, "form" | "critical headers" | "algorithm">;

export const laterChecks: Readonly<Record<LaterCheckName, Check>> = {
  type,
  issuer,
  audience,
  client,
  expiry,
  start,
  age,
  key,
  signature,
  claims,
  rule,
};

/** Every check, without the detour over those that may have to be loaded. */
export const checksInOrder: readonly Check[] = Object.values({ ...CHECKS, ...laterChecks });
