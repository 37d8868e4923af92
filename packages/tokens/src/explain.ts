import type { Check, CheckName, Examination } from "./checks/check.ts";
import { CHECKS } from "./checks/index.ts";
import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { ExplainedCheck, Explanation } from "./explanation.ts";
import { freezeDeeply } from "./freeze.ts";
import type { Settings } from "./settings.ts";
import type { TokenError } from "./token-error.ts";

/** Walks the same list of checks as a verification, and goes on after a failure as far as the rest still means something. */
export async function explain(jwt: unknown, settings: Settings): Promise<Explanation> {
  const examination: Examination = { jwt, settings };
  const settled = new Set<CheckName>();
  const checks: ExplainedCheck[] = [];
  for (const check of CHECKS) {
    const blocker = blockerOf(check, examination, settled);
    if (blocker !== undefined) {
      checks.push({ check: check.name, status: "skipped", message: `not possible without ${blocker}` });
      continue;
    }
    const explained = await explainCheck(check, examination);
    // A check that is switched off stands in nobody's way.
    if (explained.status !== "failed") settled.add(check.name);
    checks.push(explained);
  }
  return {
    ok: checks.every(({ status }) => status !== "failed"),
    checks,
    ...(examination.key !== undefined && { claims: freezeDeeply(examination.jws?.payload as JwtClaims) }),
  };
}

async function explainCheck(check: Check, examination: Examination): Promise<ExplainedCheck> {
  const off = check.off?.(examination);
  if (off !== undefined) return { check: check.name, status: "skipped", message: off };

  const { now } = examination.settings;
  let failure = await check.run(examination, now());
  // An explanation has time to ask the issuer: for how it is written, and for what its clock says.
  if (check.name === "issuer") await examination.issuer?.keys.prepare();
  if (examination.issuerPending === true && check.name === "issuer") {
    delete examination.issuerPending;
    failure = await check.run(examination, now());
  }
  if (failure !== undefined) return describeFailure(check, failure);
  const found = check.found?.(examination, now());
  const expected = check.expected?.(examination, now());
  return {
    check: check.name,
    status: "passed",
    ...(found !== undefined && { found }),
    ...(expected !== undefined && { expected }),
  };
}

function blockerOf(
  check: Check,
  examination: Examination,
  settled: ReadonlySet<CheckName>,
): CheckName | undefined {
  const missing = check.needs.find((name) => !settled.has(name));
  if (missing !== undefined) return missing;
  return check.ofIssuer === true && examination.issuer === undefined ? "issuer" : undefined;
}

function describeFailure(check: Check, { code, message, found, expected, fix }: TokenError): ExplainedCheck {
  return {
    check: check.name,
    status: "failed",
    code,
    message,
    // An error that a rule has thrown need not say everything.
    found: found || message || "a refusal",
    expected: expected || "a token that passes this check",
    fix: fix || "See what the message says.",
  };
}
