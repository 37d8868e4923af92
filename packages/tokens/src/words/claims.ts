import type { Facts } from "../facts.ts";
import type { StandardIssue } from "../standard-schema.ts";
import type { TokenErrorWords } from "../token-error.ts";

export function missingClaim(...[claim, askedBy]: Facts["claim_missing"]): TokenErrorWords {
  const common = { found: "missing", expected: claim };
  if (askedBy === "exp") {
    return {
      what: `This token has no ${claim}.`,
      ...common,
      fix: "Have the issuer make tokens that expire.",
    };
  }
  if (askedBy === "maxTokenAge") {
    return {
      what: `This token has no ${claim}.`,
      ...common,
      fix: "Have the issuer write it, or leave maxTokenAge out.",
    };
  }
  const who = askedBy === "profile" ? "the profile rfc9068" : askedBy;
  return {
    what: `This token has no ${claim}, which ${who} asks for.`,
    ...common,
    fix: `Have the issuer put ${claim} into its access tokens.`,
  };
}

export function invalidClaim(...facts: Facts["claim_invalid"]): TokenErrorWords {
  switch (facts[0]) {
    case "time":
      return noTime(facts[1], facts[2]);
    case "type":
      return wrongKind(facts[1]);
    case "depth":
      return {
        what: `The claims of this token are nested more than ${facts[1]} levels deep.`,
        found: `more than ${facts[1]} levels`,
        expected: `at most ${facts[1]} levels of objects and lists`,
        fix: "Have the issuer write flatter claims.",
      };
    case "issues":
      return refusedBySchema(facts[1]);
    case "schema":
      return {
        what: "The schema in the option claims could not be applied to this token.",
        found: "a schema that threw",
        expected: "a schema that gives a value or issues",
        fix: "Mend the schema; the cause of this error says more.",
      };
  }
}

function noTime(claim: string, value: unknown): TokenErrorWords {
  const found =
    typeof value === "number" ? "a number out of range" : `a ${value === null ? "null" : typeof value}`;
  return {
    what: `The ${claim} of this token is ${found}, not a time.`,
    found,
    expected: "a number of seconds since 1970",
    fix: "Have the issuer write times as RFC 7519 says.",
  };
}

function wrongKind(claim: string): TokenErrorWords {
  const wanted =
    claim === "aud" ? "a string or a list of strings" : claim === "cnf" ? "an object" : "a string";
  return {
    what: `The ${claim} of this token is not ${wanted}.`,
    found: `a ${claim} that is not ${wanted}`,
    expected: wanted,
    fix: "Have the issuer write it as its RFC says (RFC 7519, RFC 7800).",
  };
}

/** Names the places only: what schemas say about a value often quotes it, and it may be personal. */
function refusedBySchema(issues: readonly StandardIssue[]): TokenErrorWords {
  const places = [...new Set(issues.map(placeOf))].slice(0, 5).join(", ");
  return {
    what: `The claims of this token are not as the schema wants them: ${places}.`,
    found: `something else in ${places}`,
    expected: "claims that the schema accepts",
    fix: "Have the issuer write these claims, or change the schema in the option claims.",
  };
}

function placeOf({ path = [] }: StandardIssue): string {
  const names = path.map((segment) => String(typeof segment === "object" ? segment.key : segment));
  const place = names
    .join(".")
    .slice(0, 60)
    .replace(/[^\x20-\x7e]|["\\]/g, "?");
  return place === "" ? "the claims as a whole" : place;
}

export function refusedByRule(...[message, fix, threw]: Facts["rule_failed"]): TokenErrorWords {
  const [what, how] =
    threw === true
      ? ["A rule of this API failed.", "Mend the rule; the cause of this error says more."]
      : ["A rule of this API refused the token.", "Ask whoever runs this API what it requires."];
  return {
    what: printable(typeof message === "string" ? message : what),
    found: "a token that the rule does not let pass",
    expected: "a token that the rule lets pass",
    fix: printable(typeof fix === "string" ? fix : how),
  };
}

function printable(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, "?");
}
