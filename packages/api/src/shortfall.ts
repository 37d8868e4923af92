import type { FlagValue, VerifiedToken } from "@hallpass/tokens";
import { forbidden, type Refusal, type RequestRefusalCode } from "./refusal.ts";
import type { Requirements } from "./requirements.ts";

/** What a good token lacks for an endpoint. */
interface Shortfall {
  readonly code: RequestRefusalCode;
  /** Continues "The token ". */
  readonly lacks: string;
  readonly fix: string;
  readonly scopes?: readonly string[];
}

/**
 * Holds a token against an endpoint's requirements.
 *
 * @returns the refusal that names everything that is missing, or nothing
 */
export async function refusalFor<Claims extends object>(
  token: VerifiedToken<Claims>,
  requirements: Requirements<Claims>,
): Promise<Refusal | undefined> {
  const shortfalls = await shortfallsOf(token, requirements);
  const first = shortfalls[0];
  if (first === undefined) return undefined;
  const lacks = shortfalls.map((shortfall) => shortfall.lacks).join(", and ");
  const fixes = [...new Set(shortfalls.map((shortfall) => shortfall.fix))].join(" ");
  const scopes = shortfalls.find((shortfall) => shortfall.scopes !== undefined)?.scopes;
  return forbidden(first.code, `The token ${lacks}. ${fixes}`, scopes);
}

async function shortfallsOf<Claims extends object>(
  token: VerifiedToken<Claims>,
  requirements: Requirements<Claims>,
): Promise<Shortfall[]> {
  const { permissions, scopes, roles, organization, flags, where, anyOf } = requirements;
  const found = [
    permissions && lacking("permission", token.permissions, permissions),
    scopes && lacking("scope", token.scopes, scopes),
    roles && lacking("role", token.roles, roles),
    organization !== undefined && otherOrganization(token.organization, organization),
    flags && otherFlags(token, flags),
  ].filter((shortfall) => typeof shortfall === "object");
  // A condition may rely on what stands beside it, and may be dear.
  if (found.length === 0 && where !== undefined && (await where(token)) !== true) found.push(conditionUnmet);
  if (found.length === 0 && anyOf !== undefined) {
    const none = await noAlternative(token, anyOf);
    if (none !== undefined) found.push(none);
  }
  return found;
}

function lacking(
  kind: "permission" | "scope" | "role",
  held: readonly string[],
  required: readonly string[],
): Shortfall | undefined {
  const missing = required.filter((name) => !held.includes(name));
  if (missing.length === 0) return undefined;
  const named = `lacks the ${kind}${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`;
  const none = held.length === 0 ? ` (it has no ${kind}s at all)` : "";
  return {
    code: `${kind}_missing`,
    lacks: named + none,
    fix: fixes[kind],
    ...(kind === "scope" && { scopes: required }),
  };
}

const fixes = {
  permission: "Give the user a role that has it, then get a new token.",
  scope: "Ask for it in the scope of the sign-in, then get a new token.",
  role: "Give the user that role, then get a new token.",
} as const;

function otherOrganization(held: string | undefined, required: true | string): Shortfall | undefined {
  if (held !== undefined && (required === true || held === required)) return undefined;
  const which = required === true ? "an organization" : `the organization ${required}`;
  return {
    code: held === undefined ? "organization_missing" : "organization_wrong",
    lacks: held === undefined ? "is for no organization" : "is for another organization",
    fix: `Sign in to ${which}.`,
  };
}

function otherFlags<Claims extends object>(
  token: VerifiedToken<Claims>,
  flags: NonNullable<Requirements["flags"]>,
): Shortfall | undefined {
  const expected: [string, FlagValue][] = isList(flags)
    ? flags.map((code) => [code, true])
    : Object.entries(flags);
  const unmet = expected.filter(([code, value]) => {
    const flag = token.getFlag(code, { defaultValue: false });
    return flag.isDefault || flag.value !== value;
  });
  if (unmet.length === 0) return undefined;
  const named = unmet.map(([code, value]) => (value === true ? code : `${code} with the value ${value}`));
  return {
    code: "flag_missing",
    lacks: `does not have the feature flag${unmet.length === 1 ? "" : "s"} ${named.join(", ")}`,
    fix: "Switch it on for the user or the organization, then get a new token.",
  };
}

const conditionUnmet: Shortfall = {
  code: "condition_unmet",
  lacks: "does not meet a condition that this endpoint sets",
  fix: "Ask whoever runs this API which one.",
};

async function noAlternative<Claims extends object>(
  token: VerifiedToken<Claims>,
  alternatives: readonly Requirements<Claims>[],
): Promise<Shortfall | undefined> {
  const reasons: string[] = [];
  for (const alternative of alternatives) {
    const shortfalls = await shortfallsOf(token, alternative);
    if (shortfalls.length === 0) return undefined;
    reasons.push(shortfalls.map((shortfall) => shortfall.lacks).join(", and "));
  }
  return {
    code: "alternatives_unmet",
    lacks: `meets none of the alternatives: it ${reasons.join("; or it ")}`,
    fix: "One of them is enough.",
  };
}

function isList(flags: NonNullable<Requirements["flags"]>): flags is readonly string[] {
  return Array.isArray(flags);
}
