import type { VerifierOptions } from "@hallpass/tokens";
import { decodeClaims } from "@hallpass/tokens/claims";
import { type Finding, findingsOf } from "./finding.ts";
import type { Subject } from "./subject.ts";

const { ok, problem, warning, skipped } = findingsOf("token");

/** What an API with this issuer and this audience would say to the token, and what the token says of its sign-in. */
export async function checkToken(subject: Subject): Promise<Finding[]> {
  const { token, issuer, audience } = subject;
  if (token === undefined) return [skipped("token", "no token was given")];
  const { createVerifier } = await import("@hallpass/tokens");
  const options = { issuer, audience: audience ?? null } as VerifierOptions;
  const { checks } = await createVerifier(options).explain(token);
  const findings: Finding[] = checks
    .filter(({ status }) => status === "failed")
    .map(({ check, code, found, expected, fix, message }) =>
      problem(code ?? check, {
        found: found ?? message ?? check,
        expected: expected ?? "that the check passes",
        fix: fix ?? message ?? "Ask for a new token.",
      }),
    );
  if (audience === undefined)
    findings.push(skipped("token_audience", "no audience was given to compare with"));
  if (findings.every(({ status }) => status === "skipped"))
    findings.unshift(ok("token", "an API would accept it"));
  const refresh = refreshFinding(token);
  return refresh ? [...findings, refresh] : findings;
}

/** Whether the sign-in behind the token got a refresh token. */
function refreshFinding(token: string): Finding | undefined {
  let scopes: string[];
  try {
    const { scope, scp } = decodeClaims(token);
    const stated = typeof scope === "string" ? scope.split(" ") : scp;
    if (!Array.isArray(stated)) return undefined;
    scopes = stated.map(String);
  } catch {
    return undefined;
  }
  if (scopes.some((scope) => scope === "offline" || scope === "offline_access")) {
    return ok("refresh_granted", "its sign-in was granted a refresh token");
  }
  // Tokens of machines and of sign-ins without OpenID have none by design.
  if (!scopes.includes("openid")) return undefined;
  return warning("refresh_not_granted", {
    found: "a token whose sign-in has no refresh token",
    expected: "the scope offline_access (offline at Kinde and Hallpass)",
    fix: "Ask for it when signing in, and allow refresh tokens for the application at the issuer.",
  });
}
