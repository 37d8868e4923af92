import type { z } from "zod";
import { applicationOf } from "./application-settings.ts";
import { propertyProblems } from "./check-properties.ts";
import { checkReferences, type Draft, type Entry } from "./check-references.ts";
import type { HallpassConfig } from "./config.ts";
import * as schema from "./config-schema.ts";
import { foreignCookieDomain } from "./cookie-domain.ts";
import type { Settings } from "./settings.ts";
import { SettingsError, type SettingsProblem } from "./settings-error.ts";
import { described, pathText, problemsOf, unknownKey } from "./settings-problems.ts";

const DAY = 86_400;

const SECTIONS = [
  "issuer",
  "face",
  "cookieDomain",
  "permissions",
  "roles",
  "flags",
  "properties",
  "organizations",
  "users",
  "apis",
  "applications",
  "defaults",
  "lifetimes",
  "keys",
] as const satisfies readonly (keyof HallpassConfig)[];

/**
 * Checks a configuration and completes it with its defaults.
 *
 * Each entry is checked on its own, so that one mistake hides no other.
 *
 * @throws SettingsError with all problems: where, what was found, what was expected, how to mend it.
 */
export function parseSettings(config: HallpassConfig): Settings {
  if (typeof config !== "object" || config === null || Array.isArray(config) || config instanceof Promise) {
    throw new SettingsError([
      {
        path: "the configuration",
        found: described(config),
        expected: "an object",
        fix: "End hallpass.config.ts with: export default defineConfig({ … })",
      },
    ]);
  }
  const problems: SettingsProblem[] = [];
  const given = config as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!SECTIONS.some((section) => section === name)) problems.push(unknownKey(name, [], SECTIONS));
  }

  const one = <Value>(section: string, type: z.ZodType<Value>, fallback: Value): Value => {
    if (given[section] === undefined) return fallback;
    const result = type.safeParse(given[section]);
    if (result.success) return result.data;
    problems.push(...problemsOf(result.error.issues, given[section], [section], keysOf(type)));
    return fallback;
  };

  const list = <Value>(section: string, type: z.ZodType<Value>): Entry<Value>[] => {
    const entries = given[section] ?? [];
    if (!Array.isArray(entries)) {
      problems.push(wrongShape(section, entries, "a list", "Put the entries in [ ]."));
      return [];
    }
    return entries.flatMap((entry, index) => checked(type, entry, [section, index], problems));
  };

  const record = <Value>(section: string, type: z.ZodType<Value>): Entry<Value>[] => {
    const entries = given[section] ?? {};
    if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
      problems.push(
        wrongShape(section, entries, "an object", "Write { key: … } with one key for each entry."),
      );
      return [];
    }
    return Object.entries(entries).flatMap(([key, entry]) => {
      const path = [section, key];
      const name = schema.key.safeParse(key);
      if (!name.success) {
        const [problem] = problemsOf(name.error.issues, key, path, []);
        if (problem) problems.push({ ...problem, found: "this key" });
      }
      return checked(type, entry, path, problems);
    });
  };

  const draft: Draft = {
    permissions: record("permissions", schema.permission),
    roles: record("roles", schema.role),
    flags: record("flags", schema.flag),
    properties: record("properties", schema.property),
    organizations: list("organizations", schema.organization),
    users: list("users", schema.user),
    apis: list("apis", schema.api),
    applications: list("applications", schema.application),
    defaults: one("defaults", schema.defaults, {}),
  };
  const issuer = one("issuer", schema.issuer, "http://localhost:4300");
  const face = one<Settings["face"]>("face", schema.face, null);
  const cookieDomain = one<Settings["cookieDomain"]>("cookieDomain", schema.cookieDomain, null);
  const lifetimes = one("lifetimes", schema.lifetimes, {});
  const keys = one("keys", schema.keys, {});

  problems.push(
    ...checkReferences(draft, given),
    ...propertyProblems(draft, given),
    ...foreignCookieDomain(issuer, cookieDomain),
  );
  if (problems.length > 0) throw new SettingsError(problems);

  return {
    issuer,
    face,
    cookieDomain,
    permissions: draft.permissions.map(({ key, value }) => ({ key, description: value })),
    roles: draft.roles.map(({ key, value }) => ({
      key,
      name: value.name ?? key,
      permissions: value.permissions,
    })),
    flags: draft.flags.map(({ key, value }) => ({ key, ...value, description: value.description ?? "" })),
    properties: draft.properties.map(({ key, value }) => ({
      key,
      name: value.name ?? key,
      of: value.of,
      inTokens: value.inTokens ?? false,
    })),
    organizations: draft.organizations.map(({ value }) => ({
      ...value,
      flags: value.flags ?? {},
      properties: value.properties ?? {},
    })),
    users: draft.users.map(({ value }) => ({
      email: value.email,
      password: value.password,
      givenName: value.givenName ?? null,
      familyName: value.familyName ?? null,
      picture: value.picture ?? null,
      organizations: (value.organizations ?? []).map(({ code, roles }) => ({ code, roles: roles ?? [] })),
      flags: value.flags ?? {},
      properties: value.properties ?? {},
    })),
    apis: draft.apis.map(({ value }) => ({
      ...value,
      name: value.name ?? value.audience,
      scopes: value.scopes ?? [],
      signingAlgorithm: value.signingAlgorithm ?? "RS256",
    })),
    applications: draft.applications.map(({ value }) => applicationOf(value)),
    defaults: {
      organization: draft.defaults.organization ?? null,
      roles: draft.defaults.roles ?? [],
      creatorRoles: draft.defaults.creatorRoles ?? draft.defaults.roles ?? [],
    },
    lifetimes: {
      accessToken: lifetimes.accessToken ?? 3_600,
      idToken: lifetimes.idToken ?? 3_600,
      refreshToken: lifetimes.refreshToken ?? 15 * DAY,
      session: lifetimes.session ?? 15 * DAY,
      interaction: lifetimes.interaction ?? 3_600,
    },
    keys: { rotateAfter: keys.rotateAfter ?? 90 },
  };
}

function checked<Value>(
  type: z.ZodType<Value>,
  entry: unknown,
  path: readonly PropertyKey[],
  problems: SettingsProblem[],
): Entry<Value>[] {
  const result = type.safeParse(entry);
  if (result.success) return [{ path, key: String(path.at(-1)), value: result.data }];
  problems.push(...problemsOf(result.error.issues, entry, path, keysOf(type)));
  return [];
}

function wrongShape(section: string, found: unknown, expected: string, fix: string): SettingsProblem {
  return { path: pathText([section]), found: described(found), expected, fix };
}

function keysOf(type: z.ZodType): string[] {
  return "shape" in type && typeof type.shape === "object" && type.shape ? Object.keys(type.shape) : [];
}
