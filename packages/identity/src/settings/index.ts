export { type ApplySettingsOptions, applySettings } from "./apply-settings.ts";
export * from "./config.ts";
export { withOwnApis } from "./own-apis.ts";
export { parseSettings } from "./parse-settings.ts";
export type * from "./settings.ts";
export { SettingsError, type SettingsProblem } from "./settings-error.ts";
