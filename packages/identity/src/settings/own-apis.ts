import type { Face } from "../faces/index.ts";
import type { Settings } from "./settings.ts";

/** The settings with the APIs that the face knows besides theirs, for a server at this address. */
export function withOwnApis(settings: Settings, face: Face, address: string): Settings {
  const missing = face
    .ownAudiences(address)
    .filter((audience) => !settings.apis.some((api) => api.audience === audience));
  return {
    ...settings,
    apis: [
      ...settings.apis,
      ...missing.map((audience) => ({
        audience,
        name: "Management",
        scopes: [],
        signingAlgorithm: "RS256" as const,
      })),
    ],
  };
}
