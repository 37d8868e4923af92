import { createTestIssuer } from "@hallpass/testing";
import type { Explanation } from "../src/explanation.ts";
import type { TokenError, TokenErrorCode } from "../src/token-error.ts";
import { tokenErrorCodes } from "../src/token-error-codes.ts";
import { createVerifier } from "../src/verifier.ts";
import type { CheckOptions, PublicJsonWebKey } from "../src/verifier-options.ts";
import { AUDIENCE, goodClaims, ISSUER, keySet, NOW, signed, testKey } from "./mint.ts";

/** A refusal as it really comes about. */
export interface RefusalExample {
  readonly code: TokenErrorCode;
  /** How it comes to this, in the words of someone who looks for the reason. */
  readonly cause: string;
  /** What `tryVerify` and `explain` say. */
  produce(): Promise<{ error: TokenError | undefined; explanation: Explanation }>;
}

/** What a code means. Every code must be here. */
const meanings: Readonly<Record<TokenErrorCode, string>> = {
  token_missing: "There is no token to check.",
  token_malformed: "What was passed is not a signed JWT, or not exactly as the issuer wrote it.",
  token_too_large: "The token is longer than any real access token and is not looked at.",
  token_encrypted: "The token is encrypted (JWE), so nobody but the holder of the key can read it.",
  critical_header_unknown:
    "The header demands something that this verifier does not do (`crit`, `b64`, `zip`), so it must not guess.",
  algorithm_not_allowed: "The token is signed with an algorithm that is not accepted, or not at all.",
  token_type_wrong: "It is a JWT of the issuer, but no access token.",
  issuer_wrong: "The token comes from an issuer that is not configured.",
  audience_wrong: "The token is for another API, or was given to another application.",
  token_expired: "The token was good once.",
  token_not_yet_valid: "The token is good only later.",
  token_too_old:
    "The token was issued longer ago than the option `maxTokenAge` allows, though it has not expired.",
  keys_unavailable:
    "The issuer's keys cannot be had, so nothing can be said about the token. It is not the caller's fault: the answer is 503 with `Retry-After`, not 401.",
  key_unknown: "The issuer does not publish the key that the token names.",
  key_unusable: "The issuer publishes the key that the token names, but in a form that must not be used.",
  signature_invalid: "The key that the token names did not sign this text.",
  claim_missing: "A claim that must be there is not.",
  claim_invalid: "A claim is there, but is not what it must be.",
  rule_failed: "The API's own rule refused a token that passed everything else.",
};

const key = testKey();

const options = (extra: object) =>
  ({ issuer: ISSUER, audience: AUDIENCE, keys: keySet(key), clock: () => NOW, ...extra }) as {
    issuer: string;
    audience: string;
  } & CheckOptions;

function example(
  code: TokenErrorCode,
  cause: string,
  token: unknown | (() => unknown),
  extra: object = {},
): RefusalExample {
  return {
    code,
    cause,
    async produce() {
      const jwt = (typeof token === "function" ? token() : token) as string;
      const verdict = await createVerifier(options(extra)).tryVerify(jwt);
      const explanation = await createVerifier(options(extra)).explain(jwt);
      return { error: verdict.ok ? undefined : verdict.error, explanation };
    },
  };
}

/** A good token, changed. */
const token =
  (claims: object = {}, header: object = {}) =>
  (): string =>
    signed(key, goodClaims({ ...claims }), header);

const jwk = (changes: object): { keys: { keys: PublicJsonWebKey[] } } => ({
  keys: { keys: [{ ...key.jwk, ...changes } as PublicJsonWebKey] },
});

/** The ways that lead to each code, the most usual first. */
export const refusalExamples: readonly RefusalExample[] = [
  example(
    "token_missing",
    "The request has no `Authorization` header, and `undefined` was passed on.",
    undefined,
  ),
  example("token_missing", "The header says `Bearer` and nothing else.", "Bearer "),
  example(
    "token_malformed",
    "The whole header was passed on, with `Bearer ` in it.",
    () => `Bearer ${token()()}`,
  ),
  example("token_malformed", "The application sent text that a missing variable left behind.", "undefined"),
  example(
    "token_malformed",
    "The token is opaque: the issuer makes JWTs only for an API that it knows.",
    "mF9B5f41JqM",
  ),
  example("token_malformed", "The token was cut off on its way.", () =>
    token()().split(".").slice(0, 2).join("."),
  ),
  example(
    "token_too_large",
    "Long lists (groups, permissions) were put into the token.",
    token({ groups: "x".repeat(16_000) }),
  ),
  example("token_encrypted", "The issuer encrypts the tokens for this API.", "e30.AAAA.AAAA.AAAA.AAAA"),
  example(
    "critical_header_unknown",
    "The issuer uses an extension of JWS.",
    token({}, { crit: ["b64"], b64: false }),
  ),
  example(
    "algorithm_not_allowed",
    "The application at the issuer is set to HS256.",
    token({}, { alg: "HS256" }),
  ),
  example("algorithm_not_allowed", "The issuer signs with another algorithm than RS256.", () =>
    signed(testKey("ES256"), goodClaims()),
  ),
  example("algorithm_not_allowed", "Somebody tries an unsigned token.", token({}, { alg: "none" })),
  example(
    "token_type_wrong",
    "The application sends the ID token instead of the access token.",
    token({ at_hash: "x" }, { typ: "JWT" }),
  ),
  example("token_type_wrong", "Another JWT of the issuer was sent.", token({}, { typ: "logout+jwt" })),
  example(
    "token_type_wrong",
    "The option `profile` asks for RFC 9068, which the issuer does not follow.",
    token({}, { typ: "JWT" }),
    { profile: "rfc9068" },
  ),
  example(
    "issuer_wrong",
    "The token is of another tenant or environment.",
    token({ iss: "https://staging.kinde.com" }),
  ),
  example(
    "issuer_wrong",
    "The issuer is configured with a final slash that its tokens do not have, or without.",
    token({ iss: `${ISSUER}/` }),
  ),
  example(
    "audience_wrong",
    "The application does not ask for this API when people sign in.",
    token({ aud: [] }),
  ),
  example("audience_wrong", "The token is for another API.", token({ aud: ["https://other.example"] })),
  example(
    "audience_wrong",
    "With `clientId`: the token was given to another application.",
    token({ azp: "other-app" }),
    { clientId: "bookstore-web" },
  ),
  example(
    "token_expired",
    "The application did not renew the token in time.",
    token({ exp: NOW / 1000 - 600 }),
  ),
  example("token_not_yet_valid", "The clocks of issuer and API differ.", token({ nbf: NOW / 1000 + 600 })),
  example("token_too_old", "Someone uses one token for long.", token({ iat: NOW / 1000 - 3600 }), {
    maxTokenAge: 600,
  }),
  {
    code: "keys_unavailable",
    cause: "The issuer cannot be reached, or answers with an error.",
    async produce() {
      await using issuer = await createTestIssuer({ algorithm: "ES256" });
      issuer.faults.discovery = { status: 503 };
      const jwt = await issuer.token();
      const make = () =>
        createVerifier({ issuer: issuer.issuer, audience: issuer.audience, algorithms: ["ES256"] });
      const verdict = await make().tryVerify(jwt);
      return { error: verdict.ok ? undefined : verdict.error, explanation: await make().explain(jwt) };
    },
  },
  {
    code: "keys_unavailable",
    cause: "The key is new, or made up, and the issuer was asked for its keys less than 5 seconds ago.",
    async produce() {
      await using issuer = await createTestIssuer({ algorithm: "ES256" });
      const make = async () => {
        const verifier = createVerifier({
          issuer: issuer.issuer,
          audience: issuer.audience,
          algorithms: ["ES256"],
        });
        await verifier.tryVerify(await issuer.token());
        await verifier.tryVerify(await issuer.badToken("unknown_key"));
        return verifier;
      };
      const jwt = await issuer.badToken("unknown_key");
      const verdict = await (await make()).tryVerify(jwt);
      return {
        error: verdict.ok ? undefined : verdict.error,
        explanation: await (await make()).explain(jwt),
      };
    },
  },
  example(
    "key_unknown",
    "The token is of another environment of the same issuer, or its key was withdrawn.",
    () => signed(testKey("RS256", "key-2"), goodClaims()),
  ),
  example(
    "key_unknown",
    "The token names no key, and none fits its algorithm.",
    token({}, { kid: undefined }),
    { keys: keySet() },
  ),
  example(
    "key_unusable",
    "The issuer's key is too weak.",
    () => signed(testKey("RS256", "small", 1024), goodClaims()),
    jwk({ ...testKey("RS256", "small", 1024).jwk }),
  ),
  example("key_unusable", "The key is one for encryption.", token(), jwk({ use: "enc" })),
  example("signature_invalid", "The token was changed after it was signed.", () => {
    const [header, , signature] = token()().split(".");
    return `${header}.${Buffer.from(JSON.stringify(goodClaims({ permissions: ["everything"] }))).toString("base64url")}.${signature}`;
  }),
  example("claim_missing", "The token never expires.", token({ exp: undefined })),
  example(
    "claim_missing",
    "The option `requiredClaims` names a claim that the issuer does not write.",
    token(),
    { requiredClaims: ["tenant"] },
  ),
  example(
    "claim_invalid",
    "The issuer, or a hook of yours there, writes a time as text.",
    token({ exp: "tomorrow" }),
  ),
  example("claim_invalid", "The schema in the option `claims` wants something else.", token(), {
    claims: {
      "~standard": {
        version: 1,
        vendor: "example",
        validate: () => ({ issues: [{ message: "no", path: ["tenant"] }] }),
      },
    },
  }),
  example("rule_failed", "The option `rule` says no.", token(), {
    rule: () => ({ message: "This bookstore is closed.", fix: "Ask its owner." }),
  }),
];

/** The document, in Markdown. Every refusal in it is one that the verifier has just made. */
export async function refusalsDocument(): Promise<string> {
  const parts: string[] = [
    "# Refusals",
    "",
    "<!-- Generated from the code: npx vitest run packages/tokens/test/refusals.test.ts --update -->",
    "",
    "Why an access token was refused, by the `code` of the `TokenError`: what it means, how it usually comes about, and what",
    "to do. `hallpass explain -` says the same of a token that you have in your hand, and of all checks at once.",
    "",
    "The texts are those of the verifier, made while this page was written; yours have your values in them.",
    "",
  ];
  for (const code of tokenErrorCodes) {
    parts.push(`## ${code}`, "", meanings[code], "");
    for (const { cause, produce } of refusalExamples.filter((one) => one.code === code)) {
      const { error } = await produce();
      if (error === undefined) throw new Error(`the example "${cause}" was accepted`);
      parts.push(
        `- **${cause}**`,
        `  - found: ${inline(error.found)}`,
        `  - expected: ${inline(error.expected)}`,
        `  - fix: ${withoutPorts(error.fix)}`,
      );
    }
    parts.push("");
  }
  return parts.join("\n");
}

function inline(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `\`${withoutPorts(text)}\``;
}

/** What differs from run to run: the test's port and the thumbprint of its key. */
function withoutPorts(text: string): string {
  return text.replace(/localhost:\d+/g, "localhost:4300").replace(/kid '[\w-]{43}'/g, "kid '...'");
}
