import { wrap } from "../layout.ts";
import type { Paint } from "../terminal.ts";
import { isFault, type Verdict } from "./judgement.ts";
import type { Finding, Probing } from "./probing.ts";

/** One line for what is as it should be; for a fault also what it means and what to do. */
export function findingLines(finding: Finding, paint: Paint, width: number): string[] {
  const { vector, status, note } = finding;
  const fault = isFault(finding);
  const mark = fault ? paint("red", "✘") : paint("green", "✔");
  const said = status === undefined ? "" : String(status);
  const title = vector.title.padEnd(58);
  const word = fault ? paint(["bold", "red"], wordFor(finding)) : paint("gray", note ?? "");
  const head = `  ${mark} ${title} ${said.padStart(3)}  ${word}`.trimEnd();
  if (!fault) return [head];
  const facts = [
    ...(note === undefined ? [] : [["what", note] as const]),
    ["why", vector.why] as const,
    ["fix", fixFor(finding)] as const,
    ["name", vector.name] as const,
  ];
  return [
    head,
    ...facts.flatMap(([label, text]) =>
      wrap(text, width - 12).map(
        (line, index) => `      ${paint("gray", (index === 0 ? label : "").padEnd(6))}${line}`,
      ),
    ),
  ];
}

const words: Readonly<Record<Verdict, string>> = {
  right: "",
  unusual: "",
  accepted: "accepted",
  refused: "refused",
  crashed: "an error",
  redirected: "a redirect",
  silent: "no answer",
  undecided: "no decision",
};

function wordFor({ verdict, vector }: Finding): string {
  const grave = verdict === "accepted" && vector.severity !== "low";
  return grave ? `ACCEPTED (${vector.severity})` : words[verdict];
}

/** A wrong answer of a kind of its own is mended in its own way. */
function fixFor({ verdict, vector }: Finding): string {
  if (verdict === "crashed") {
    return `Answer 401 where the token is at fault and 503 with Retry-After where the issuer is. ${vector.fix}`;
  }
  if (verdict === "redirected") return "Answer 401: a program cannot sign in on a page.";
  if (verdict === "undecided") {
    return "Answer 503 only while the issuer's keys cannot be had, with Retry-After, and no longer.";
  }
  if (verdict === "silent")
    return "Answer within seconds whatever is sent, and survive it: look into the API's log.";
  return vector.fix;
}

/** What it comes to. */
export function summary(probing: Probing, paint: Paint, width: number): string {
  const { findings, skipped, open, withoutChallenge, goneAfter } = probing;
  const faults = findings.filter(isFault);
  const lines: string[] = [];
  if (open) {
    lines.push(
      "The route lets in requests without a token, so it would let in everything else too: nothing else was sent.",
    );
  }
  if (goneAfter !== undefined) {
    lines.push(
      `The API does not answer any more since it was sent ${goneAfter.title}. Nothing else was sent.`,
    );
  }
  if (withoutChallenge > 0) {
    lines.push(
      `${withoutChallenge} answers with 401 have no WWW-Authenticate. Clients look for it: add WWW-Authenticate: Bearer.`,
    );
  }
  if (skipped.length > 0) {
    lines.push(`Not sent: ${skipped.map(({ name }) => name).join(", ")}.`);
  }
  const verdict =
    faults.length === 0
      ? paint(["bold", "green"], `All ${findings.length} answers are right.`)
      : paint(["bold", "red"], `${faults.length} of ${findings.length} answers are wrong.`);
  return [...lines.flatMap((line) => wrap(line, width)), verdict].join("\n");
}

/** The same for a program; documented in docs/commands.md. */
export function reportObject(probing: Probing): object {
  const { findings, skipped, open, withoutChallenge, goneAfter } = probing;
  const faults = findings.filter(isFault).length;
  return {
    outcome: faults === 0 ? "right" : "faults",
    faults,
    open,
    withoutChallenge,
    goneAfter: goneAfter?.name ?? null,
    skipped: skipped.map(({ name }) => name),
    findings: findings.map((finding) => {
      const { vector, verdict, status, note } = finding;
      const { name, title, expect, severity, why } = vector;
      const fault = isFault(finding);
      return {
        ...{ name, title, expect, verdict, status: status ?? null, fault },
        ...(note !== undefined && { note }),
        ...(fault && { severity, why, fix: fixFor(finding) }),
      };
    }),
  };
}
