import type { SigningAlgorithm } from "../settings/config.ts";
import { printable } from "./printable.ts";
import { DEFAULT_ALGORITHM } from "./signing-keys.ts";

interface SignedFor {
  audience: string;
  signingAlgorithm: SigningAlgorithm;
}

/** The algorithms that keys are needed for: that of ID tokens, and those that APIs ask for. */
export function algorithmsOf(apis: readonly SignedFor[]): SigningAlgorithm[] {
  return [...new Set([DEFAULT_ALGORITHM, ...apis.map((api) => api.signingAlgorithm)])];
}

/** The algorithm of a token for all of these APIs; `undefined` if they ask for different ones. */
export function commonAlgorithm(apis: readonly SignedFor[]): SigningAlgorithm | undefined {
  const [algorithm = DEFAULT_ALGORITHM, ...others] = new Set(apis.map((api) => api.signingAlgorithm));
  return others.length === 0 ? algorithm : undefined;
}

/** Why there is no token for all of these APIs. */
export function algorithmsDiffer(apis: readonly SignedFor[]): string {
  const list = apis
    .map(({ audience, signingAlgorithm }) => `${printable(audience)} (${signingAlgorithm})`)
    .join(", ");
  return `one token has one signature, and these audiences ask for different algorithms: ${list}. Ask for them one at a time`;
}
