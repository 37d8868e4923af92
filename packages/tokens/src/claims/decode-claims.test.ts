import { describe, expect, it } from "vitest";
import { ClaimError } from "./claim-error.ts";
import { decodeClaims } from "./decode-claims.ts";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("decodeClaims", () => {
  it("reads the payload without any key", () => {
    const claims = { sub: "kp_1", name: "Zoë Čapek 🙂" };
    expect(decodeClaims(`${encode({ alg: "RS256" })}.${encode(claims)}.AAAA`)).toEqual(claims);
  });

  it.each([
    ["undefined", undefined],
    ["an opaque token", "abc"],
    ["two parts", "e30.e30"],
    ["an encrypted token", "a.b.c.d.e"],
    ["a payload that is not base64url", "e30.e+==.AA"],
    ["a payload that is not JSON", `e30.${Buffer.from("{").toString("base64url")}.AA`],
    ["a payload that is a list", "e30.W10.AA"],
    ["a payload that is not UTF-8", "e30.gIA.AA"],
  ])("says that it cannot read %s", (_, jwt) => {
    let thrown: unknown;
    try {
      decodeClaims(jwt as string);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ClaimError);
    expect((thrown as ClaimError).code).toBe("token_unreadable");
  });
});
