export { type Answer, answerTo } from "./challenge.ts";
export { type Decision, decide, type GuardedRequest, type Policy } from "./decision.ts";
export { createGuardCore, type GuardCore, type GuardOptions, type GuardSettings } from "./guard-options.ts";
export type { Refusal, RefusalCode, RefusalError, RequestRefusalCode } from "./refusal.ts";
export type {
  AuthBehind,
  GuardedToken,
  GuardRequirements,
  OnlyRequirements,
  Requirements,
} from "./requirements.ts";
export { type DecisionEvent, decisionChannel } from "./telemetry.ts";
