import type { BadTokenName, TestIssuer, TokenOverrides } from "@hallpass/testing";
import { badTokenKinds } from "@hallpass/testing";
import type { Vector } from "./vector.ts";

/** The part of a request that is wrong or right. */
export interface Attempt {
  readonly authorization?: string;
  /** Put into the query as access_token. */
  readonly query?: string;
}

/** Makes what is sent for a vector; nothing where it cannot be made with what there is. */
export type Workbench = (vector: Vector) => Promise<Attempt | undefined>;

/** What can be made of a good token's text alone, whoever made it. */
export function attemptWith(name: string, token: string): Attempt | undefined {
  if (name === "no_token") return {};
  if (name === "good" || name === "good_again") return bearer(token);
  if (name === "good_scheme_in_lower_case") return { authorization: `bearer ${token}` };
  if (name === "other_scheme") return { authorization: `Basic ${token}` };
  if (name === "token_in_query") return { query: token };
  return undefined;
}

export function bearer(token: string): Attempt {
  return { authorization: `Bearer ${token}` };
}

/** Makes all vectors, with an issuer whose keys are ours. */
export function issuerWorkbench(issuer: TestIssuer): Workbench {
  let token: string | undefined;
  return async ({ name }) => {
    const special = madeByIssuer[name];
    if (special !== undefined) return bearer(await special(issuer));
    if (isBadToken(name)) return bearer(await issuer.badToken(name));
    token ??= await issuer.token();
    return attemptWith(name, token);
  };
}

function isBadToken(name: string): name is BadTokenName {
  return Object.hasOwn(badTokenKinds, name);
}

const madeByIssuer: Record<string, (issuer: TestIssuer) => Promise<string>> = {
  async good_new_key(issuer) {
    before.set(issuer, await issuer.token());
    await issuer.rotateKey();
    return issuer.token();
  },
  good_previous_key: async (issuer) => before.get(issuer) ?? issuer.token(),
  good_typ_jwt: (issuer) => issuer.token({ header: { typ: "JWT" } }),
  good_audience_text: (issuer) => issuer.token({ audience: issuer.audience }),
  good_second_audience: (issuer) =>
    issuer.token({ audience: ["https://other-api.example", issuer.audience] }),
  good_odd_claims: (issuer) => issuer.token(oddClaims),
  bound_token: (issuer) =>
    issuer.token({ claims: { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } } }),
};

const oddClaims: TokenOverrides = {
  claims: {
    given_name: "Zoë 愛",
    "https://bookstore.example/shelf": { rows: [[1], [2]] },
    x: "x".repeat(2048),
  },
};

/** A token of the key before, by the issuer whose key was changed. */
const before = new WeakMap<TestIssuer, string>();
