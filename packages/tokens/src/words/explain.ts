import type { Check, CheckName, Examination, Outcome } from "../checks/check.ts";
import type { JwtClaims } from "../claims/jwt-claims.ts";
import type { ExplainedCheck, Explanation } from "../explanation.ts";
import { freezeDeeply } from "../freeze.ts";
import type { keysOf as KeysOf } from "../key-source.ts";
import type { Settings } from "../settings.ts";
import { type Description, descriptions } from "./descriptions.ts";

/** The checks as a verification walks them. */
type Checks = Readonly<Record<CheckName, Check>>;

/** Walks the same list of checks as a verification, and goes on after a failure as far as the rest still means something. */
export async function explain(
  jwt: unknown,
  settings: Settings,
  checks: Checks,
  keysOf: typeof KeysOf,
): Promise<Explanation> {
  const examination: Examination = { jwt, settings };
  const settled = new Set<CheckName>();
  const explained: ExplainedCheck[] = [];
  for (const [name, check] of Object.entries(checks) as [CheckName, Check][]) {
    const description = descriptions[name];
    const blocker = blockerOf(description, examination, settled);
    if (blocker !== undefined) {
      explained.push({ check: name, status: "skipped", message: `not possible without ${blocker}` });
      continue;
    }
    const one = await explainCheck(name, check, description, examination, keysOf);
    // A check that is switched off stands in nobody's way.
    if (one.status !== "failed") settled.add(name);
    explained.push(one);
  }
  return {
    ok: explained.every(({ status }) => status !== "failed"),
    checks: explained,
    ...(examination.key !== undefined && { claims: freezeDeeply(examination.jws?.payload as JwtClaims) }),
  };
}

/** Says what can be said without an issuer, and of issuer and audience what the token claims. */
export async function explainUnverified(
  jwt: unknown,
  settings: Settings,
  all: Checks,
  keysOf: typeof KeysOf,
): Promise<Explanation> {
  const { checks } = await explain(jwt, settings, all, keysOf);
  const examination: Examination = { jwt, settings };
  const isReadable = (await all.form(examination, settings.now())) === undefined;
  return {
    ok: false,
    unverified: true,
    checks: checks.map((check) => {
      if (!isReadable || (check.check !== "issuer" && check.check !== "audience")) return check;
      const found = descriptions[check.check].found?.(examination, settings.now());
      return { ...check, message: `not checked; the token says ${found}` };
    }),
  };
}

async function explainCheck(
  check: CheckName,
  run: Check,
  { off, found, expected }: Description,
  examination: Examination,
  keysOf: typeof KeysOf,
): Promise<ExplainedCheck> {
  const { now, issuers } = examination.settings;
  const message = off?.(examination);
  if (message !== undefined && issuers.none === true) return { check, status: "skipped", message };
  let failure = await run(examination, now());
  // An explanation has time to ask the issuer: for how it is written, and for what its clock says.
  if (check === "issuer" && examination.issuer !== undefined) await keysOf(examination.issuer).prepare();
  if (examination.issuerPending === true && check === "issuer") {
    delete examination.issuerPending;
    failure = await run(examination, now());
  }
  if (failure !== undefined) return describeFailure(check, failure);
  if (message !== undefined) return { check, status: "skipped", message };
  const [foundText, expectedText] = [found?.(examination, now()), expected?.(examination, now())];
  return {
    check,
    status: "passed",
    ...(foundText !== undefined && { found: foundText }),
    ...(expectedText !== undefined && { expected: expectedText }),
  };
}

function blockerOf(
  { needs, ofIssuer }: Description,
  examination: Examination,
  settled: ReadonlySet<CheckName>,
): CheckName | undefined {
  const missing = needs.find((name) => !settled.has(name));
  if (missing !== undefined) return missing;
  return ofIssuer === true && examination.issuer === undefined ? "issuer" : undefined;
}

function describeFailure(
  check: CheckName,
  { code, message, found, expected, fix }: NonNullable<Outcome>,
): ExplainedCheck {
  return {
    check,
    status: "failed",
    code,
    message,
    // An error that a rule has thrown need not say everything.
    found: found || message || "a refusal",
    expected: expected || "a token that passes this check",
    fix: fix || "See what the message says.",
  };
}
