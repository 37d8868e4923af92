import type { Explanation } from "@hallpass/tokens";
import { wrap } from "./layout.ts";
import { type Paint, printable } from "./terminal.ts";

type Check = Explanation["checks"][number];

export type Verdict =
  | { readonly outcome: "accepted" }
  /** `failure` is absent where nothing speaks against the token, but it was not verified. */
  | { readonly outcome: "undecided"; readonly failure?: Check }
  | { readonly outcome: "refused"; readonly failure: Check };

/**
 * What the checks come to. A token is undecided when the only thing missing are the issuer's keys: that says
 * nothing about the token.
 */
export function verdictOf(explanation: Explanation): Verdict {
  const failures = explanation.checks.filter((check) => check.status === "failed");
  const [first] = failures;
  if (first === undefined) return { outcome: explanation.unverified === true ? "undecided" : "accepted" };
  const refusal = failures.find((check) => check.code !== "keys_unavailable");
  return refusal === undefined
    ? { outcome: "undecided", failure: first }
    : { outcome: "refused", failure: refusal };
}

const marks = { passed: "✔", failed: "✘", skipped: "–" } as const;
const colors = { passed: "green", failed: "red", skipped: "gray" } as const;

/** Every check with what was found, what was expected and the fix, aligned, then the verdict. */
export function explanationList(explanation: Explanation, paint: Paint, width: number): string {
  const nameWidth = Math.max(...explanation.checks.map((check) => check.check.length));
  const lines = explanation.checks.flatMap((check) => {
    const mark = paint(colors[check.status], marks[check.status]);
    const name = check.check.padEnd(nameWidth);
    const [head = "", ...rest] = detailsOf(check, width - nameWidth - 6, paint);
    const indent = " ".repeat(nameWidth + 6);
    return [`  ${mark} ${check.status === "skipped" ? paint("gray", name) : name}  ${head}`.trimEnd()].concat(
      rest.map((line) => indent + line),
    );
  });
  return [...lines, "", ...verdictLines(verdictOf(explanation), paint, width)].join("\n");
}

function detailsOf(check: Check, width: number, paint: Paint): string[] {
  const plain = (text: string) => wrap(printable(text), width);
  if (check.status === "skipped") {
    return plain(check.message ?? "not checked").map((line) => paint("gray", line));
  }
  if (check.status === "passed") return plain(check.found ?? "in order");
  const facts: [string, string | undefined][] = [
    ["found", check.found],
    ["expected", check.expected],
    ["fix", check.fix],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  if (known.length === 0) return plain(check.message ?? "failed");
  return known.flatMap(([label, text]) =>
    wrap(printable(text), width - 10).map(
      (line, index) => `${paint("gray", (index === 0 ? label : "").padEnd(10))}${line}`,
    ),
  );
}

function verdictLines(verdict: Verdict, paint: Paint, width: number): string[] {
  if (verdict.outcome === "accepted") {
    return [`${paint(["bold", "green"], "Accepted:")} every check passed.`];
  }
  if (verdict.failure === undefined) {
    return [
      paint(["bold", "yellow"], "Not verified"),
      ...wrap(
        "Nothing speaks against this token, but its issuer, audience and signature were not checked.",
        width,
      ),
    ];
  }
  const { code, check, fix = "", message = `The check "${check}" failed.` } = verdict.failure;
  const label =
    verdict.outcome === "refused"
      ? paint(["bold", "red"], "Refused")
      : paint(["bold", "yellow"], "Not decided: the issuer's keys could not be had");
  // The message ends with the fix, which already stands at the check.
  const reason = fix !== "" && message.endsWith(fix) ? message.slice(0, -fix.length).trimEnd() : message;
  return [code === undefined ? label : `${label} (${code})`, ...wrap(printable(reason), width)];
}
