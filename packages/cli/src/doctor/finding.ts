/** Which of those that have to fit together a finding is about. */
export type Part = "issuer" | "application" | "browser" | "token" | "api";

/** Something is not as it has to be (`problem`), or will surprise someone (`warning`). */
export interface Fault {
  readonly part: Part;
  /** A stable name, such as `redirect_uri_unregistered`. */
  readonly code: string;
  readonly status: "problem" | "warning";
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** Something that was looked at and is in order, or that could not be looked at, and why. */
export interface Remark {
  readonly part: Part;
  readonly code: string;
  readonly status: "ok" | "skipped";
  readonly found: string;
}

export type Finding = Fault | Remark;

type Facts = Omit<Fault, "part" | "status" | "code">;

/** The findings of one part, in the order in which they are made. */
export function findingsOf(part: Part) {
  return {
    ok: (code: string, found: string): Remark => ({ part, code, status: "ok", found }),
    skipped: (code: string, found: string): Remark => ({ part, code, status: "skipped", found }),
    problem: (code: string, facts: Facts): Fault => ({ part, code, status: "problem", ...facts }),
    warning: (code: string, facts: Facts): Fault => ({ part, code, status: "warning", ...facts }),
  };
}
