import type { ExplainedCheck, Explanation } from "@hallpass/tokens";
import { CheckIcon, CrossIcon, DashIcon } from "../layout/icons.tsx";

/** Every check of the API's verifier, in its order. */
export function Verdict({ explanation }: { explanation: Explanation }) {
  return (
    <section className="exchange" aria-labelledby="verdict-title">
      <h3 id="verdict-title">What the API checked</h3>
      <ol className="checks">
        {explanation.checks.map((check) => (
          <Check key={check.check} check={check} />
        ))}
      </ol>
    </section>
  );
}

const marks = {
  passed: { icon: CheckIcon, word: "passed" },
  failed: { icon: CrossIcon, word: "failed" },
  skipped: { icon: DashIcon, word: "not reached" },
} as const;

function Check({ check }: { check: ExplainedCheck }) {
  const { icon: Mark, word } = marks[check.status];
  return (
    <li className={check.status}>
      <span className="mark">
        <Mark />
        <span className="visually-hidden">{word}: </span>
      </span>
      <span className="check-name">{check.check}</span>
      <div className="values">
        {check.status === "skipped" ? (
          <span>{check.message ?? "not reached"}</span>
        ) : (
          <dl>
            <Value name="found" value={check.found} />
            <Value name="expected" value={check.expected} />
            {check.status === "failed" && <Value name="fix" value={check.fix ?? check.message} />}
          </dl>
        )}
      </div>
    </li>
  );
}

function Value({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div className="pair">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
