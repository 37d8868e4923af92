import type { z } from "zod";
import { nearest } from "./did-you-mean.ts";
import type { SettingsProblem } from "./settings-error.ts";

type Path = readonly PropertyKey[];

/** `roles.editor.permissions[0]`; a key that is no identifier stands in quotes. */
export function pathText(path: Path): string {
  return (
    path
      .map((part) => {
        if (typeof part === "number") return `[${part}]`;
        return /^[A-Za-z_$][\w$]*$/.test(String(part)) ? `.${String(part)}` : `[${JSON.stringify(part)}]`;
      })
      .join("")
      .replace(/^\./, "") || "the configuration"
  );
}

const SECRET_NAMES: readonly PropertyKey[] = ["password", "secret", "secrets"];

/** What stands somewhere, in few words; of a password or a secret only that it is one. */
export function described(value: unknown, path: Path = []): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  const secret = path.some((part) => SECRET_NAMES.includes(part));
  if (secret && typeof value === "number") return "a number";
  if (typeof value === "string") {
    if (secret) return value === "" ? "an empty text" : "a text";
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "function") return "a function";
  return value instanceof Promise ? "a promise" : typeof value === "object" ? "an object" : typeof value;
}

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Says what the schema found wrong with `value`, which stands at `path` in the configuration. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  path: Path,
  knownKeys: readonly string[],
): SettingsProblem[] {
  return issues.flatMap((issue) => {
    const at = [...path, ...issue.path];
    const there = valueAt(value, issue.path);
    const problem = { path: pathText(at), found: described(there, at) };
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((name) => unknownKey(name, at, knownKeys));
      case "invalid_key":
        return issue.issues.map((inner) => ({
          path: pathText(at),
          found: described(at.at(-1)),
          ...instruction(inner),
        }));
      case "invalid_type": {
        const expected = TYPES[issue.expected] ?? issue.expected;
        const fix =
          there === undefined
            ? `Add ${pathText(at.slice(-1))}.`
            : `Write ${expected} here${issue.expected === "array" ? ", in [ ]" : ""}.`;
        return { ...problem, expected, fix };
      }
      case "invalid_value": {
        const values = issue.values.map((known) => JSON.stringify(known));
        const near = typeof there === "string" ? nearest(there, issue.values.map(String)) : undefined;
        return {
          ...problem,
          expected: `one of ${values.join(", ")}`,
          fix: near ? `Did you mean "${near}"?` : `Write ${values.join(" or ")}.`,
        };
      }
      case "invalid_union":
        return { ...problem, expected: "a text, a number, true or false", fix: "Write a plain value." };
      case "too_big":
        return { ...problem, expected: `at most ${issue.maximum} characters`, fix: "Shorten it." };
      default:
        return { ...problem, ...instruction(issue) };
    }
  });
}

function instruction(issue: z.core.$ZodIssue): { expected: string; fix: string } {
  const params = issue.code === "custom" ? issue.params : undefined;
  return {
    expected: typeof params?.expected === "string" ? params.expected : "another value",
    fix: typeof params?.fix === "string" ? params.fix : issue.message,
  };
}

export function unknownKey(name: string, path: Path, known: readonly string[]): SettingsProblem {
  const near = nearest(name, known);
  return {
    path: pathText([...path, name]),
    found: "a setting that does not exist",
    expected: `one of ${known.join(", ")}`,
    fix: near ? `Did you mean "${near}"?` : "Remove it.",
  };
}

/** A name that refers to something which the configuration does not define. */
export function unknownName(
  path: Path,
  name: string,
  what: string,
  section: string,
  known: readonly string[],
): SettingsProblem {
  const near = nearest(name, known);
  const choice = known.length > 0 && known.length <= 12 ? `: ${known.join(", ")}` : "";
  return {
    path: pathText(path),
    found: described(name),
    expected: `${what} that stands under "${section}"${choice}`,
    fix: near ? `Did you mean "${near}"?` : `Add it to "${section}", or remove it here.`,
  };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      typeof current === "object" && current !== null && Object.hasOwn(current, part)
        ? (current as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  );
}
