import type { FetchProblem } from "./fetch-json.ts";
import type { KeyTable } from "./key-table.ts";
import type { KeyProblem } from "./public-key.ts";
import type { StandardIssue } from "./standard-schema.ts";

/**
 * What is known about a refusal when it happens, by its code. The checks decide and note these; sentences are made of
 * them when somebody reads the error (`words/`). Everything in here stays inside the error.
 */
export interface Facts {
  token_missing: [given: unknown, decodeText?: Decoder];
  token_malformed: [given: unknown, decodeText?: Decoder];
  token_too_large: [given: unknown, longest: number];
  token_encrypted: [given: unknown, decodeText?: Decoder];
  critical_header_unknown: [member: string, value: unknown];
  algorithm_not_allowed: [alg: unknown, accepted: ReadonlySet<string>, ofIssuer?: true];
  token_type_wrong: [giveaway: Giveaway, value?: unknown];
  issuer_wrong: [iss: unknown, names: readonly string[]];
  audience_wrong:
    | [claim: "aud", found: unknown, accepted: readonly string[], isForItsApplication: boolean]
    | [claim: "client_id", found: unknown, accepted: readonly string[]];
  token_expired: [time: number, now: number, clockAhead: number | undefined];
  token_not_yet_valid: [time: number, now: number, clockAhead: number | undefined, claim: "nbf" | "iat"];
  token_too_old: [time: number, now: number, clockAhead: number | undefined, maxTokenAge: number];
  keys_unavailable: [retryAfter: number, why: FetchProblem | "recent" | "part" | "lookup" | "lookups"];
  key_unknown: [kid: string | undefined, algorithm: string, keys: KeyTable, sharedBy?: number];
  key_unusable: [kid: string, algorithm: string, problem: KeyProblem | undefined];
  signature_invalid: [];
  claim_missing: [claim: string, askedBy: "exp" | "maxTokenAge" | "requiredClaims" | "profile"];
  claim_invalid:
    | [problem: "time", claim: string, value: unknown]
    | [problem: "type", claim: string]
    | [problem: "depth", levels: number]
    | [problem: "issues", issues: readonly StandardIssue[]]
    | [problem: "schema"];
  rule_failed: [message?: unknown, fix?: unknown, threw?: boolean];
}

/** The decoder of the runtime at hand. */
export type Decoder = (segment: string) => string | undefined;

/** By what a JWT shows that it is no access token: its `typ`, or one of the claims that only others have. */
export type Giveaway =
  | "typ"
  | "profile"
  | "kind"
  | "events"
  | "at_hash"
  | "c_hash"
  | "nonce"
  | "audience"
  | "client";
