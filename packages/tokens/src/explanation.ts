import type { JwtClaims } from "./claims/jwt-claims.ts";
import type { TokenErrorCode } from "./token-error.ts";

/** One line of an {@link Explanation}. */
export interface ExplainedCheck {
  /** The name of the check, such as `audience`. */
  readonly check: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly found?: string;
  readonly expected?: string;
  readonly fix?: string;
  readonly code?: TokenErrorCode;
  /** Of a failed check the error's message; of a skipped one the reason. */
  readonly message?: string;
}

/** What every check says about a token. */
export interface Explanation {
  /** Whether `verify` would accept the token. */
  readonly ok: boolean;
  /** Set when no issuer was given: nothing in the checks is proven, and `ok` is `false`. */
  readonly unverified?: true;
  /** In the order in which they run. The first failed one is the one that `verify` reports. */
  readonly checks: readonly ExplainedCheck[];
  /** The payload; only when the signature is valid. */
  readonly claims?: JwtClaims;
}

/** How {@link formatExplanation} writes. */
export interface FormatOptions {
  /** Whether to use ANSI colours. Default `false`. */
  readonly color?: boolean;
}

const marks = { passed: "ok  ", failed: "FAIL", skipped: "-   " } as const;
const colors = { passed: "\u001b[32m", failed: "\u001b[31m", skipped: "\u001b[2m" } as const;

/** Writes an explanation as text for a terminal: a line for each check, and what to do about those that failed. */
export function formatExplanation(explanation: Explanation, options: FormatOptions = {}): string {
  const width = Math.max(0, ...explanation.checks.map(({ check }) => check.length));
  const paint = (status: ExplainedCheck["status"], text: string): string =>
    options.color === true ? `${colors[status]}${text}\u001b[0m` : text;
  const lines: string[] = [];
  for (const item of explanation.checks) {
    lines.push(
      `${paint(item.status, marks[item.status])} ${item.check.padEnd(width)}  ${outcome(item)}`.trimEnd(),
    );
    if (item.status === "failed") {
      const indent = " ".repeat(width + 7);
      if (item.expected !== undefined) lines.push(`${indent}expected: ${item.expected}`);
      if (item.fix !== undefined) lines.push(`${indent}fix: ${item.fix}`);
    }
  }
  return lines.join("\n");
}

function outcome({ status, found, code, message }: ExplainedCheck): string {
  if (status === "skipped") return message ?? "";
  if (status === "passed") return found ?? "";
  return found === undefined ? (code ?? "") : `${code}: ${found}`;
}
