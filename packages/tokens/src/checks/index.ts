import { verification } from "../parts.ts";
import { type Check, type CheckName, partMissing } from "./check.ts";
import { algorithm, criticalHeaders, form } from "./form.ts";
import type { LaterCheckName } from "./later.ts";

/** A check for which more has to be loaded first. If that fails, nothing passes. */
const later =
  (name: LaterCheckName): Check =>
  (examination, now) =>
    verification.loaded === undefined
      ? verification
          .load()
          .then((part) => (part === undefined ? partMissing() : part.laterChecks[name](examination, now)))
      : verification.loaded.laterChecks[name](examination, now);

/**
 * Every check on a token, in order. `verify`, `tryVerify` and `explain` all walk this list, so that an explanation cannot
 * drift from a decision. The cheap ones come first: what refuses a token early costs no request and no signature, and
 * for what is no signed JWT of an accepted algorithm nothing is loaded either.
 */
export const CHECKS: Readonly<Record<CheckName, Check>> = {
  form,
  "critical headers": criticalHeaders,
  algorithm,
  type: /* @__PURE__ */ later("type"),
  issuer: /* @__PURE__ */ later("issuer"),
  audience: /* @__PURE__ */ later("audience"),
  client: /* @__PURE__ */ later("client"),
  expiry: /* @__PURE__ */ later("expiry"),
  start: /* @__PURE__ */ later("start"),
  age: /* @__PURE__ */ later("age"),
  key: /* @__PURE__ */ later("key"),
  signature: /* @__PURE__ */ later("signature"),
  claims: /* @__PURE__ */ later("claims"),
  rule: /* @__PURE__ */ later("rule"),
};
