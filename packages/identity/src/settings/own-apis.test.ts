import { describe, expect, test } from "vitest";
import { kindeFace } from "../faces/kinde.ts";
import { standardFace } from "../faces/standard.ts";
import type { HallpassConfig } from "./config.ts";
import { withOwnApis } from "./own-apis.ts";
import { parseSettings } from "./parse-settings.ts";

const ADDRESS = "https://auth.bookstore.example";

const granted = (audience: string, more: { scopes?: string[] } = {}): HallpassConfig => ({
  issuer: ADDRESS,
  face: "kinde",
  applications: [
    {
      clientId: "night-import",
      type: "machine",
      secret: "Tm8sQ2vX5yB9".repeat(4),
      apis: [{ audience, ...more }],
    },
  ],
});

const complete = (config: HallpassConfig, face = kindeFace) =>
  withOwnApis(parseSettings(config), face, ADDRESS);

describe("the APIs that a face knows by itself", () => {
  test("can be granted to an application without standing in the configuration", () => {
    const { apis, applications } = complete(granted(`${ADDRESS}/api`));
    expect(apis.map(({ audience }) => audience)).toEqual([`${ADDRESS}/api`]);
    expect(applications[0]?.apis).toEqual([{ audience: `${ADDRESS}/api`, scopes: [] }]);
  });

  test.each<[string, HallpassConfig, RegExp]>([
    [
      "of another server",
      granted("https://other.example/api"),
      /apis\[0\]\.audience: .*auth\.bookstore\.example\/api/,
    ],
    [
      "with a scope",
      granted(`${ADDRESS}/api`, { scopes: ["read:users"] }),
      /apis\[0\]\.scopes\[0\]: .*"read:users"/,
    ],
    ["that is none", granted("warehouse"), /apis\[0\]\.audience: .*"warehouse"/],
  ])("%s is refused with what is known", (_title, config, message) => {
    expect(() => complete(config)).toThrow(message);
  });

  test("are none elsewhere", () => {
    const { face: _face, ...elsewhere } = granted(`${ADDRESS}/api`);
    expect(() => complete(elsewhere, standardFace)).toThrow(/apis\[0\]\.audience/);
  });
});
