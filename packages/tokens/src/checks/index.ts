import { audience, client } from "./audience.ts";
import type { Check } from "./check.ts";
import { claims } from "./claims.ts";
import { algorithm, criticalHeaders, form } from "./form.ts";
import { issuer } from "./issuer.ts";
import { rule } from "./rule.ts";
import { key, signature } from "./signature.ts";
import { age, expiry, start } from "./time.ts";
import { type as tokenType } from "./type.ts";

/**
 * Every check on a token, in order. `verify`, `tryVerify` and `explain` all walk this list, so that an explanation cannot
 * drift from a decision. The cheap ones come first: what refuses a token early costs no request and no signature.
 */
export const CHECKS: readonly Check[] = [
  form,
  criticalHeaders,
  algorithm,
  tokenType,
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
];
