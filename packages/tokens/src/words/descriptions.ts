import type { CheckName, Examination } from "../checks/check.ts";
import { own } from "../claims/jwt-claims.ts";
import type { CompactJws } from "../compact-jws.ts";
import type { IssuerSettings } from "../issuer-settings.ts";
import type { KeySource } from "../key-source.ts";
import { keyTrouble } from "./keys.ts";
import { duration, show, showAny, showTime } from "./printable.ts";
import { clockDifference } from "./time.ts";
import { showTyp } from "./type.ts";

/** How an explanation describes a check. */
export interface Description {
  /** The checks that must have passed before this one can say anything. */
  readonly needs: readonly CheckName[];
  /** Whether it also needs to know which of the configured issuers the token is held against. */
  readonly ofIssuer?: true;
  /** Why this check is switched off, if it is. */
  off?(examination: Examination): string | undefined;
  /** What a token that passes has. */
  found?(examination: Examination, now: number): string | undefined;
  expected?(examination: Examination, now: number): string | undefined;
}

const headerOf = ({ jws }: Examination): CompactJws["header"] => (jws as CompactJws).header;
const issuerOf = ({ issuer }: Examination): IssuerSettings => issuer as IssuerSettings;
const nameOf = ({ keys, configured }: IssuerSettings): string => keys?.issuer ?? configured;
const claim = ({ jws }: Examination, name: string): unknown => own((jws as CompactJws).payload, name);

function shownTime(examination: Examination, name: string, now: number): string {
  const value = claim(examination, name);
  return typeof value === "number" ? showTime(value, now) : show(value);
}

export const descriptions: Readonly<Record<CheckName, Description>> = {
  form: { needs: [], found: () => "a signed JWT", expected: () => "a signed JWT" },
  "critical headers": { needs: ["form"], found: () => "none", expected: () => "none" },
  algorithm: {
    needs: ["form"],
    found: (examination) => show(headerOf(examination).alg),
    expected: ({ settings }) => showAny([...settings.algorithms]),
  },
  type: {
    needs: ["form"],
    found: (examination) => showTyp(headerOf(examination).typ),
    expected: ({ settings }) =>
      settings.profile === "rfc9068" ? "typ 'at+jwt'" : "an access token (typ 'at+jwt', 'JWT' or none)",
  },
  issuer: {
    needs: ["form"],
    off: ({ settings }) => (settings.issuers.none === true ? "no issuer is given" : undefined),
    found: (examination) => show(claim(examination, "iss")),
    expected: (examination) => show(nameOf(issuerOf(examination))),
  },
  audience: {
    needs: ["form"],
    ofIssuer: true,
    off: (examination) => {
      const { audience } = issuerOf(examination);
      if (audience === null) return "switched off by audience: null";
      return audience === undefined ? "clientId is checked instead" : undefined;
    },
    found: (examination) => show(claim(examination, "aud")),
    expected: (examination) => showAny(issuerOf(examination).audience ?? []),
  },
  client: {
    needs: ["form"],
    ofIssuer: true,
    off: (examination) =>
      issuerOf(examination).clientId === undefined ? "no clientId is configured" : undefined,
    found: (examination) => {
      const named = claim(examination, "client_id") ?? claim(examination, "azp");
      const { dialect } = issuerOf(examination);
      const inDialect = (): unknown =>
        typeof dialect === "object" ? dialect.client?.((examination.jws as CompactJws).payload) : undefined;
      return show(named ?? inDialect());
    },
    expected: (examination) => showAny(issuerOf(examination).clientId ?? []),
  },
  expiry: {
    needs: ["form"],
    found: (examination, now) => {
      const ahead = examination.issuer?.keys?.clockAhead;
      const note =
        ahead === undefined ? "" : `; this server's clock is ${clockDifference(ahead)} the issuer's`;
      return shownTime(examination, "exp", now) + note;
    },
    expected: () => "a time that is still to come",
  },
  start: {
    needs: ["form"],
    off: (examination) => (claim(examination, "nbf") === undefined ? "the token has no nbf" : undefined),
    found: (examination, now) => shownTime(examination, "nbf", now),
    expected: () => "a time that has come",
  },
  age: {
    needs: ["form"],
    off: (examination) =>
      examination.settings.maxTokenAge === undefined && claim(examination, "iat") === undefined
        ? "no maxTokenAge is configured and the token has no iat"
        : undefined,
    found: (examination, now) => shownTime(examination, "iat", now),
    expected: ({ settings: { maxTokenAge } }) =>
      maxTokenAge === undefined ? undefined : `at most ${duration(maxTokenAge)} ago`,
  },
  key: {
    needs: ["form", "critical headers", "algorithm"],
    ofIssuer: true,
    found: (examination) => {
      const trouble = keyTrouble(issuerOf(examination).keys as KeySource);
      return `kid ${show(headerOf(examination).kid)}${trouble === undefined ? "" : ` (${trouble})`}`;
    },
    expected: (examination) => `a key of ${show(nameOf(issuerOf(examination)))}`,
  },
  signature: { needs: ["form", "key"], found: () => "valid", expected: () => "valid" },
  claims: {
    needs: ["form", "signature"],
    found: (examination) => {
      const cnf = claim(examination, "cnf");
      if (cnf === undefined) return "all there";
      const methods = Object.keys(cnf as object)
        .map(show)
        .join(", ");
      return `all there; bound to a key of its sender (cnf ${methods}), which whoever takes the token must check`;
    },
    expected: ({ settings }) => {
      const profiled = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];
      const names = [...settings.requiredClaims, ...(settings.profile === "rfc9068" ? profiled : [])];
      const wanted = names.length > 0 ? [names.join(", ")] : [];
      if (settings.schema !== undefined) wanted.push("claims that the schema accepts");
      return wanted.length > 0 ? wanted.join("; ") : undefined;
    },
  },
  rule: {
    needs: [
      "form",
      "critical headers",
      "algorithm",
      "type",
      "issuer",
      "audience",
      "client",
      "expiry",
      "start",
      "age",
      "key",
      "signature",
      "claims",
    ],
    off: ({ settings }) => (settings.rule === undefined ? "no rule is configured" : undefined),
    found: () => "lets it pass",
    expected: () => "lets it pass",
  },
};
