import { wrap } from "../layout.ts";
import { type Paint, printable, withoutTokens } from "../terminal.ts";
import type { Finding, Part } from "./finding.ts";

const marks = { ok: "✔", problem: "✘", warning: "!", skipped: "–" } as const;
const colours = { ok: "green", problem: "red", warning: "yellow", skipped: "gray" } as const;

const headings: Readonly<Record<Part, string>> = {
  issuer: "Issuer",
  application: "Application",
  browser: "Browser",
  token: "Token",
  api: "API",
};

/** The findings, part by part, and what they come to. */
export function findingsList(findings: readonly Finding[], paint: Paint, width: number): string {
  const lines: string[] = [];
  for (const [part, heading] of Object.entries(headings)) {
    const own = findings.filter((finding) => finding.part === part);
    if (own.length === 0) continue;
    lines.push(paint("bold", heading), ...own.flatMap((finding) => linesOf(finding, paint, width)), "");
  }
  return [...lines, summary(findings, paint)].join("\n");
}

function linesOf(finding: Finding, paint: Paint, width: number): string[] {
  const mark = paint(colours[finding.status], marks[finding.status]);
  const clean = (text: string) => printable(withoutTokens(text));
  const [head = "", ...rest] = wrap(clean(finding.found), width - 4);
  const lines = [`  ${mark} ${head}`, ...rest.map((line) => `    ${line}`)];
  if (finding.status === "skipped") return lines.map((line) => paint("gray", line));
  if (!("fix" in finding)) return lines;
  for (const [label, text] of [
    ["expected", finding.expected],
    ["fix", finding.fix],
  ] as const) {
    wrap(clean(text), width - 14).forEach((line, index) => {
      lines.push(`    ${paint("gray", (index === 0 ? label : "").padEnd(10))}${line}`);
    });
  }
  return lines;
}

function summary(findings: readonly Finding[], paint: Paint): string {
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const warnings = count("warning") === 0 ? "" : `, ${plural(count("warning"), "warning")}`;
  if (count("problem") === 0) {
    return `${paint(["bold", "green"], "Nothing wrong found")}${warnings}, in ${plural(count("ok"), "check")}.`;
  }
  return `${paint(["bold", "red"], plural(count("problem"), "problem"))}${warnings}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
