import { describe, expect, test } from "vitest";
import type { AuthClientOptions } from "./auth-client.ts";
import { createAuthClient } from "./browser.ts";
import { settingsOf } from "./options.ts";

const right: AuthClientOptions = { issuer: "https://auth.example", clientId: "web" };

describe("options", () => {
  test.each([
    ["clientId", { clientId: "" }],
    ["clientId", { clientId: undefined }],
    ["scope", { scope: "profile email" }],
    ["scope", { scope: "openid2" }],
    ["storage", { storage: "sessionStorage" }],
    ["issuer", { issuer: "http://auth.example" }],
    ["issuer", { issuer: undefined }],
  ])("a wrong %s is refused at once, by name", (name, wrong) => {
    expect(() => createAuthClient({ ...right, ...wrong } as AuthClientOptions)).toThrow(
      expect.objectContaining({ code: "option_invalid", message: expect.stringContaining(`${name} is `) }),
    );
  });

  test("several audiences go as words of one parameter", () => {
    expect(settingsOf({ ...right, audience: ["a", "b"] }).audience).toBe("a b");
    expect(settingsOf({ ...right, audience: "a" }).audience).toBe("a");
    expect(settingsOf({ ...right, audience: [] }).audience).toBeUndefined();
  });
});

describe("on a server", () => {
  test("a client is made, but nobody is signed in and nothing happens", async () => {
    const client = createAuthClient(right);
    client.start()();
    expect(client.getState()).toMatchObject({ status: "loading", user: null });
    await expect(client.getToken()).rejects.toMatchObject({ name: "AuthError", code: "not_signed_in" });
  });
});
