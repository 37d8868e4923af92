import type { Face } from "../faces/index.ts";
import type { Settings } from "./settings.ts";
import { SettingsError, type SettingsProblem } from "./settings-error.ts";
import { unknownName } from "./settings-problems.ts";

/** Whether an audience may turn out to be one that the face itself knows, as soon as the server has an address. */
export function mayBeOwnAudience(face: unknown, audience: string): boolean {
  return face === "kinde" && /^https?:\/\/[^/?#]+\/api$/.test(audience);
}

/**
 * The settings with the APIs that the face knows besides theirs, for a server at this address.
 *
 * @throws SettingsError when an application is granted an API that is none of them.
 */
export function withOwnApis(settings: Settings, face: Face, address: string): Settings {
  const missing = face
    .ownAudiences(address)
    .filter((audience) => !settings.apis.some((api) => api.audience === audience));
  const apis = [
    ...settings.apis,
    ...missing.map((audience) => ({
      audience,
      name: "Management",
      scopes: [],
      signingAlgorithm: "RS256" as const,
    })),
  ];
  const problems = unknownGrants({ ...settings, apis });
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...settings, apis };
}

function unknownGrants({ apis, applications }: Settings): SettingsProblem[] {
  const audiences = apis.map(({ audience }) => audience);
  return applications.flatMap((application, index) =>
    application.apis.flatMap(({ audience, scopes }, place) => {
      const path = ["applications", index, "apis", place];
      const api = apis.find((each) => each.audience === audience);
      if (!api) {
        return [unknownName([...path, "audience"], audience, "the audience of an API", "apis", audiences)];
      }
      const excess = scopes.findIndex((scope) => !api.scopes.includes(scope));
      if (excess === -1) return [];
      const scope = scopes[excess] ?? "";
      return [unknownName([...path, "scopes", excess], scope, `a scope of ${audience}`, "apis", api.scopes)];
    }),
  );
}
