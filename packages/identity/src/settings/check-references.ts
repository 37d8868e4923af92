import type { z } from "zod";
import { emailKey } from "../directory/email.ts";
import { applicationProblems } from "./check-applications.ts";
import type { FlagType, FlagValue } from "./config.ts";
import type * as schema from "./config-schema.ts";
import { mayBeOwnAudience } from "./own-apis.ts";
import type { SettingsProblem } from "./settings-error.ts";
import { described, pathText, unknownName } from "./settings-problems.ts";

/** An entry that has passed its own check, and where it stands. */
export interface Entry<Value> {
  path: readonly PropertyKey[];
  /** The key of an entry of an object; its index in a list. */
  key: string;
  value: Value;
}

type Entries<Type extends z.ZodType> = readonly Entry<z.infer<Type>>[];

/** The entries of a configuration that have passed their own checks. */
export interface Draft {
  permissions: Entries<typeof schema.permission>;
  roles: Entries<typeof schema.role>;
  flags: Entries<typeof schema.flag>;
  properties: Entries<typeof schema.property>;
  organizations: Entries<typeof schema.organization>;
  users: Entries<typeof schema.user>;
  apis: Entries<typeof schema.api>;
  applications: Entries<typeof schema.application>;
  defaults: z.infer<typeof schema.defaults>;
}

/**
 * What entries say about each other: names that are defined nowhere, things defined twice, values of another type
 * than their flag's.
 *
 * @param given the configuration as it was written: an entry with a mistake of its own still defines its name.
 */
export function checkReferences(draft: Draft, given: Record<string, unknown>): SettingsProblem[] {
  const permissions = keysIn(given.permissions);
  const roles = keysIn(given.roles);
  const flagNames = keysIn(given.flags);
  const organizations = namesIn(given.organizations, "code");
  const audiences = namesIn(given.apis, "audience");
  const types = new Map(draft.flags.map(({ key, value }) => [key, value.type]));
  const problems: SettingsProblem[] = [];

  const known = (
    path: readonly PropertyKey[],
    name: string,
    what: string,
    section: string,
    names: string[],
  ) => {
    if (!names.includes(name)) problems.push(unknownName(path, name, what, section, names));
  };
  const overrides = (path: readonly PropertyKey[], values: Record<string, FlagValue> | undefined) => {
    for (const [name, value] of Object.entries(values ?? {})) {
      known([...path, name], name, "a flag", "flags", flagNames);
      problems.push(...flagTypeProblem([...path, name], types.get(name), value));
    }
  };

  for (const { path, value } of draft.roles) {
    value.permissions.forEach((name, index) => {
      known([...path, "permissions", index], name, "a permission", "permissions", permissions);
    });
  }
  for (const { path, value } of draft.flags) {
    problems.push(...flagTypeProblem([...path, "value"], value.type, value.value));
  }
  for (const { path, value } of draft.organizations) overrides([...path, "flags"], value.flags);
  for (const { path, value } of draft.users) {
    value.organizations?.forEach((membership, index) => {
      const at = [...path, "organizations", index];
      known([...at, "code"], membership.code, "the code of an organization", "organizations", organizations);
      membership.roles?.forEach((name, place) => {
        known([...at, "roles", place], name, "a role", "roles", roles);
      });
    });
    overrides([...path, "flags"], value.flags);
  }
  for (const { path, value } of draft.applications) {
    problems.push(...applicationProblems(path, value));
    value.apis?.forEach((use, index) => {
      const at = [...path, "apis", index];
      if (!mayBeOwnAudience(given.face, use.audience)) {
        known([...at, "audience"], use.audience, "the audience of an API", "apis", audiences);
      }
      const scopes = draft.apis.find((api) => api.value.audience === use.audience)?.value.scopes ?? [];
      if (!audiences.includes(use.audience)) return;
      use.scopes?.forEach((name, place) => {
        known([...at, "scopes", place], name, `a scope of ${use.audience}`, "apis", scopes);
      });
    });
  }

  problems.push(
    ...twice(draft.organizations, "code", ({ code }) => code),
    ...twice(draft.users, "email", ({ email }) => emailKey(email)),
    ...twice(draft.apis, "audience", ({ audience }) => audience),
    ...twice(draft.applications, "clientId", ({ clientId }) => clientId),
  );

  const { organization, roles: defaultRoles = [], creatorRoles = [] } = draft.defaults;
  if (organization !== undefined) {
    known(
      ["defaults", "organization"],
      organization,
      "the code of an organization",
      "organizations",
      organizations,
    );
  } else if (defaultRoles.length > 0) {
    problems.push({
      path: "defaults.organization",
      found: "nothing",
      expected: "the code of an organization, because people have roles in an organization",
      fix: 'Add "organization" to "defaults", or remove "roles" there.',
    });
  }
  defaultRoles.forEach((name, index) => {
    known(["defaults", "roles", index], name, "a role", "roles", roles);
  });
  creatorRoles.forEach((name, index) => {
    known(["defaults", "creatorRoles", index], name, "a role", "roles", roles);
  });
  return problems;
}

const EXAMPLES: Record<FlagType, string> = {
  string: 'a text, like "dark"',
  boolean: "true or false",
  integer: "a whole number",
};

function flagTypeProblem(
  path: readonly PropertyKey[],
  type: FlagType | undefined,
  value: FlagValue,
): SettingsProblem[] {
  const fits =
    type === undefined || (type === "integer" ? Number.isSafeInteger(value) : typeof value === type);
  if (fits) return [];
  return [
    {
      path: pathText(path),
      found: described(value),
      expected: `${EXAMPLES[type]}, because the type of the flag is "${type}"`,
      fix: "Change the value, or the type of the flag.",
    },
  ];
}

function twice<Value>(
  entries: readonly Entry<Value>[],
  field: string,
  nameOf: (value: Value) => string,
): SettingsProblem[] {
  const first = new Map<string, readonly PropertyKey[]>();
  return entries.flatMap(({ path, value }) => {
    const name = nameOf(value);
    const before = first.get(name);
    if (!before) {
      first.set(name, path);
      return [];
    }
    return [
      {
        path: pathText([...path, field]),
        found: described(name),
        expected: "a value that no other entry has",
        fix: `${pathText(before)} has it already: change or remove one of them.`,
      },
    ];
  });
}

function keysIn(section: unknown): string[] {
  return typeof section === "object" && section !== null ? Object.keys(section) : [];
}

function namesIn(section: unknown, field: string): string[] {
  if (!Array.isArray(section)) return [];
  return section.flatMap((entry: unknown) => {
    const name = typeof entry === "object" && entry !== null && (entry as Record<string, unknown>)[field];
    return typeof name === "string" ? [name] : [];
  });
}
