import { type OnDemand, onDemand } from "./on-demand.ts";

/** The sentences. Whoever hands out a refusal waits for them first. */
export const words: OnDemand<typeof import("./words/index.ts")> = /* @__PURE__ */ onDemand(
  () => import("./words/index.ts"),
);

/** All that a signed JWT of an accepted algorithm needs. */
export const verification: OnDemand<typeof import("./verification.ts")> = /* @__PURE__ */ onDemand(
  () => import("./verification.ts"),
);
