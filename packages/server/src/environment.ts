/** The variables that stand in for options: ours first, then Kinde's as they are. */
const variables = {
  issuer: ["HALLPASS_ISSUER", "KINDE_HOST"],
  clientId: ["HALLPASS_CLIENT_ID", "KINDE_CLIENT_ID"],
  clientSecret: ["HALLPASS_CLIENT_SECRET", "KINDE_CLIENT_SECRET"],
  redirectUri: ["HALLPASS_REDIRECT_URI", "KINDE_REDIRECT_URL"],
  postLogoutRedirectUri: ["HALLPASS_POST_LOGOUT_REDIRECT_URI", "KINDE_POST_LOGOUT_REDIRECT_URL"],
  grantType: ["HALLPASS_GRANT_TYPE"],
  scope: ["HALLPASS_SCOPE"],
  audience: ["HALLPASS_AUDIENCE"],
  orgCode: ["HALLPASS_ORG_CODE"],
  sessionSecret: ["HALLPASS_SESSION_SECRET"],
} as const;

export type OptionFromEnvironment = keyof typeof variables;

/** A value and where it is from, to be named when something is wrong with it. */
export interface Found {
  readonly value: unknown;
  /** `issuer`, or `issuer (from KINDE_HOST)`. */
  readonly name: string;
}

/** An option, or else the first of its variables that is set to something. */
export function optionOrVariable(options: object, option: OptionFromEnvironment): Found {
  const value = (options as Record<string, unknown>)[option];
  if (value !== undefined) return { value, name: option };
  // Some runtimes have no process.
  const environment = globalThis.process?.env ?? {};
  for (const variable of variables[option]) {
    if (environment[variable]) return { value: environment[variable], name: `${option} (from ${variable})` };
  }
  return { value: undefined, name: option };
}

/** How to set an option, for messages. */
export function howToSet(option: OptionFromEnvironment): string {
  return `pass ${option}, or set ${variables[option].join(" or ")}`;
}
