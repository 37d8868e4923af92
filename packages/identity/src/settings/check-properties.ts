import type { Draft } from "./check-references.ts";
import type { SettingsProblem } from "./settings-error.ts";
import { pathText, unknownName } from "./settings-problems.ts";

/** Values of properties that are defined nowhere, or that describe somebody else. */
export function propertyProblems(draft: Draft, given: Record<string, unknown>): SettingsProblem[] {
  const names = Object.keys((given.properties as object | undefined) ?? {});
  const owners = new Map(draft.properties.map(({ key, value }) => [key, value.of]));
  const check = (entries: Draft["users"] | Draft["organizations"], owner: "user" | "organization") =>
    entries.flatMap(({ path, value }) =>
      Object.keys(value.properties ?? {}).flatMap((name) => {
        const at = [...path, "properties", name];
        if (!names.includes(name)) return [unknownName(at, name, "a property", "properties", names)];
        const found = owners.get(name);
        if (found === undefined || found === owner) return [];
        return [
          {
            path: pathText(at),
            found: `a property of a${found === "user" ? " user" : "n organization"}`,
            expected: `a property whose "of" is "${owner}"`,
            fix: 'Move it, or define another property with this "of".',
          },
        ];
      }),
    );
  return [...check(draft.users, "user"), ...check(draft.organizations, "organization")];
}
