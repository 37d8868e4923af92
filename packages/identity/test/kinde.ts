import type { IdentityOptions } from "../src/identity.ts";
import type { HallpassConfig } from "../src/settings/index.ts";
import { CONFIG, type RunningIdentity, startIdentity } from "./identity.ts";

/** The bookstore for applications that sign in with Kinde's SDKs, with properties. */
export const KINDE_CONFIG: HallpassConfig = {
  ...CONFIG,
  face: "kinde",
  properties: {
    kp_usr_city: { name: "City", of: "user", inTokens: true },
    shoe_size: { of: "user" },
    region: { name: "Region", of: "organization", inTokens: true },
  },
  organizations: [
    { code: "org_bookstore", name: "The Bookstore", flags: { beta: true }, properties: { region: "eu" } },
    { code: "org_library", name: "The Library" },
  ],
  users: (CONFIG.users ?? []).map((user) =>
    user.email === "ada@example.com"
      ? { ...user, properties: { kp_usr_city: "London", shoe_size: 37 } }
      : user,
  ),
};

/** A server with Kinde's face. */
export async function startKinde(options: Partial<IdentityOptions> = {}): Promise<RunningIdentity> {
  return await startIdentity({ config: KINDE_CONFIG, ...options });
}
