import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNoTokenIn } from "../test/leak.ts";
import { formatExplanation } from "./explanation.ts";
import { createVerifier, type Verifier } from "./verifier.ts";

describe.each(["kinde", "auth0", "oauth"] as const)("tokens in %s's style", (dialect) => {
  let issuer: TestIssuer;
  let verifier: Verifier;

  beforeAll(async () => {
    issuer = await createTestIssuer({ dialect });
    const { audience, clock } = issuer;
    verifier = createVerifier({ issuer: issuer.issuer, audience, clock: clock.now });
  });
  afterAll(() => issuer.close());

  it("a good one is accepted and read", async () => {
    const jwt = await issuer.token({
      permissions: ["create:books"],
      scopes: ["openid", "email"],
      roles: ["admin"],
      organization: "org_1",
      flags: { theme: "pink", dark: true, limit: 3 },
    });
    const token = await verifier.verify(jwt);
    expect(token).toMatchObject({
      issuer: issuer.issuer,
      permissions: ["create:books"],
      scopes: ["openid", "email"],
      roles: ["admin"],
      organization: "org_1",
      clientId: issuer.clientId,
    });
    expect([
      token.getStringFlag("theme"),
      token.getBooleanFlag("dark"),
      token.getIntegerFlag("limit"),
    ]).toEqual(["pink", true, 3]);
    expect((await verifier.explain(jwt)).ok).toBe(true);
  });

  it("every bad one is refused with its own code, the same by verify and explain, and is never repeated", async () => {
    for (const [name, bad] of Object.entries(issuer.badTokens)) {
      // Further than the 5 s during which a second unknown key would only be put off.
      issuer.clock.advance(6);
      const jwt = await bad.make();
      const verdict = await verifier.tryVerify(jwt);
      expect(verdict.ok ? "accepted" : verdict.error.code, `${name}: ${bad.title}`).toBe(bad.code);

      issuer.clock.advance(6);
      const explanation = await verifier.explain(jwt);
      const first = explanation.checks.find(({ status }) => status === "failed");
      expect([explanation.ok, first?.code], `explain ${name}`).toEqual([false, bad.code]);

      for (const { check, status, found, expected, fix } of explanation.checks) {
        if (status !== "failed") continue;
        for (const part of [found, expected, fix]) expect(part, `${name}, ${check}`).toMatch(/\S/);
      }

      const said = [
        verdict.ok ? "" : JSON.stringify(verdict.error),
        verdict.ok ? "" : String(verdict.error.stack),
        JSON.stringify(explanation.checks),
        formatExplanation(explanation),
      ];
      for (const text of said) expectNoTokenIn(text, jwt);
    }
  });
});
