// The same tokens and key sets, given to this verifier and to jose: the same verdict, or a difference that is listed
// here with its reason. HALLPASS_CASES sets how many cases are tried in all.
import fc from "fast-check";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyOptions, jwtVerify } from "jose";
import { expect, it } from "vitest";
import { createVerifier, type Verifier } from "../src/verifier.ts";
import type { JsonWebKeySet } from "../src/verifier-options.ts";
import {
  AUDIENCE,
  base64url,
  goodClaims,
  ISSUER,
  NOW,
  signatureOver,
  type TestKey,
  testKey,
} from "./mint.ts";

// On older Nodes, where the whole suite runs a second time, fewer will do.
const CASES = Number(
  process.env.HALLPASS_CASES ?? (process.versions.node.startsWith("20.") ? 20_000 : 100_000),
);
const TIMEOUT = Math.max(180_000, CASES * 3);

const algorithms = ["ES256", "EdDSA", "RS256"] as const;
const es1 = testKey("ES256", "es1");
const es2 = testKey("ES256", "es2");
const ed1 = testKey("EdDSA", "ed1");
const rs1 = testKey("RS256", "rs1");
/** Published by nobody. */
const stranger = testKey("ES256", "stranger");
const published: JsonWebKeySet = { keys: [es1.jwk, ed1.jwk, rs1.jwk, es2.jwk] };
const NOW_SECONDS = NOW / 1000;

interface Pair {
  readonly ours: Verifier;
  readonly theirs: (jwt: string) => Promise<string>;
}

function pairFor(keys: JsonWebKeySet): Pair {
  const ours = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms,
    keys,
    clock: () => NOW,
    cache: false,
  });
  const options: JWTVerifyOptions = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [...algorithms],
    clockTolerance: 5,
    currentDate: new Date(NOW),
    requiredClaims: ["exp"],
  };
  const set = createLocalJWKSet(keys as unknown as JSONWebKeySet);
  return {
    ours,
    theirs: async (jwt) => {
      try {
        await jwtVerify(jwt, set, options);
        return "accepted";
      } catch (error) {
        // Broken keys in a set make WebCrypto throw errors that are none of jose's.
        return error instanceof errors.JOSEError ? error.code : "not a JOSE error";
      }
    },
  };
}

interface Difference {
  readonly why: string;
  /** Our verdicts to which it applies. */
  readonly ours: readonly string[];
  /** jose's; all of them if left out. */
  readonly theirs: readonly string[];
  /** What must be so in the token or the key set, that a verdict is not excused by its code alone. */
  readonly when: (parts: Parts, keys: JsonWebKeySet) => boolean;
}

interface Parts {
  readonly jwt: string;
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

const typeOf = (header: Record<string, unknown>): string =>
  String(header.typ)
    .toLowerCase()
    .replace(/^application\//, "");
const isTime = (value: unknown): boolean => value === undefined || Number.isFinite(value);
const isText = (value: unknown): boolean => value === undefined || typeof value === "string";

const differences: readonly Difference[] = [
  {
    why: "jose takes base64 with padding, white space, the other alphabet or unused bits, and bytes that are no UTF-8; RFC 7515 section 2 allows one spelling, and two would be two readings",
    ours: ["token_malformed"],
    theirs: ["accepted"],
    when: ({ jwt }) =>
      jwt.split(".").some((part) => {
        const bytes = Buffer.from(part, "base64url");
        return (
          bytes.toString("base64url") !== part ||
          !Buffer.from(bytes.toString()).equals(bytes) ||
          bytes[0] === 0xef
        );
      }),
  },
  {
    why: "jose looks at typ only on request; other JWTs of the same issuer are refused here always",
    ours: ["token_type_wrong"],
    theirs: ["accepted"],
    when: ({ header }) =>
      header.typ !== undefined &&
      (typeof header.typ !== "string" || !["at+jwt", "jwt", ""].includes(typeOf(header))),
  },
  {
    why: "an ID token, refresh token or logout token is recognised here by its claims",
    ours: ["token_type_wrong"],
    theirs: ["accepted"],
    when: ({ header, payload }) =>
      typeOf(header) !== "at+jwt" &&
      ["nonce", "at_hash", "c_hash", "events", "typ", "token_use"].some(
        (name) => payload[name] !== undefined,
      ),
  },
  {
    why: "jose understands b64 and ignores zip in a JWS; neither belongs in an access token (RFC 7797 section 7)",
    ours: ["critical_header_unknown"],
    theirs: ["accepted"],
    when: ({ header }) => ["crit", "b64", "zip"].some((name) => Object.hasOwn(header, name)),
  },
  {
    why: "JSON can hold numbers beyond all numbers, and an infinite exp never expires",
    ours: ["claim_invalid"],
    theirs: ["accepted"],
    when: ({ payload }) => [payload.exp, payload.nbf, payload.iat].some((time) => !isTime(time)),
  },
  {
    why: "registered claims that are text must be text, and cnf an object: an object in place of sub could reach a database query",
    ours: ["claim_invalid"],
    theirs: ["accepted"],
    when: ({ payload }) =>
      ["sub", "jti", "client_id", "azp"].some((name) => !isText(payload[name])) ||
      (payload.cnf !== undefined &&
        (typeof payload.cnf !== "object" || payload.cnf === null || Array.isArray(payload.cnf))),
  },
  {
    why: "aud is a string or a list of strings (RFC 7519 section 4.1.3), and nothing else may stand in the list",
    ours: ["claim_invalid"],
    theirs: ["accepted"],
    when: ({ payload: { aud } }) => Array.isArray(aud) && aud.some((item) => typeof item !== "string"),
  },
  {
    why: "where several keys could have signed, jose gives up; here they are tried (at most four)",
    ours: ["accepted", "signature_invalid", "claim_invalid"],
    theirs: ["ERR_JWKS_MULTIPLE_MATCHING_KEYS"],
    when: ({ header }, { keys }) =>
      keys.filter(({ kid }) => header.kid === undefined || kid === header.kid).length > 1,
  },
  {
    why: "WebCrypto takes no public key whose key_ops has more than verify; it may verify all the same (RFC 7517 section 4.3)",
    ours: ["accepted", "signature_invalid"],
    theirs: ["not a JOSE error"],
    when: (_, { keys }) => keys.some(({ key_ops }) => (key_ops?.length ?? 0) > 1),
  },
];

const seen = new Set<Difference>();

function partsOf(jwt: string): Parts {
  const [header, payload] = jwt.split(".").map((part) => {
    try {
      const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
      return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  });
  return { jwt, header: header ?? {}, payload: payload ?? {} };
}

async function compare({ ours, theirs }: Pair, jwt: string, keys: JsonWebKeySet): Promise<void> {
  const [verdict, their] = await Promise.all([ours.tryVerify(jwt), theirs(jwt)]);
  const our = verdict.ok ? "accepted" : verdict.error.code;
  if ((our === "accepted") === (their === "accepted")) return;
  const parts = partsOf(jwt);
  const difference = differences.find(
    (one) => one.ours.includes(our) && one.theirs.includes(their) && one.when(parts, keys),
  );
  if (difference === undefined) {
    expect.fail(`we say ${our}, jose says ${their}: ${JSON.stringify({ ...parts, keys }, undefined, 1)}`);
  }
  seen.add(difference);
}

/** Mostly a good value, sometimes one of the others, sometimes anything. */
const mostly = (good: unknown, ...others: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(good) },
    { weight: 2, arbitrary: fc.constantFrom(undefined, ...others) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );

/** Mostly nothing at all. */
const rarely = (value: fc.Arbitrary<unknown>, otherwise: unknown = undefined): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

/** What JSON.stringify cannot write. */
const INFINITE = "<infinite>";

const anyClaims = fc.record(
  {
    iss: mostly(ISSUER, `${ISSUER}/`, [ISSUER], ""),
    aud: mostly([AUDIENCE], AUDIENCE, [], "", ["x", AUDIENCE], [AUDIENCE, 5], { 0: AUDIENCE }, [[AUDIENCE]]),
    exp: mostly(
      NOW_SECONDS + 60,
      NOW_SECONDS,
      NOW_SECONDS - 4,
      NOW_SECONDS - 5,
      NOW_SECONDS - 5.5,
      INFINITE,
      0,
      -1,
      "9e9",
      1e300,
    ),
    iat: mostly(NOW_SECONDS - 60, NOW_SECONDS + 600, "now", 1.5),
    sub: mostly("kp_1", { $ne: null }, 5, ""),
    nbf: rarely(mostly(NOW_SECONDS, NOW_SECONDS + 5, NOW_SECONDS + 6, NOW_SECONDS + 5.5, "x")),
    nonce: rarely(mostly("n")),
    scope: mostly(undefined, "openid", 5),
    cnf: rarely(mostly({ jkt: "x" })),
    jti: rarely(mostly("j")),
  },
  { noNullPrototype: true },
);

const anyHeader = (key: TestKey): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    {
      alg: mostly(key.algorithm, "none", "HS256", "RS256", "ES256", "EdDSA", "PS256", "es256", null),
      kid: mostly(key.kid, "es1", "ed1", "unknown", "", 5),
      typ: mostly("at+jwt", "JWT", "application/at+jwt", "logout+jwt", "AT+JWT"),
      crit: rarely(mostly(["b64"], [], ["exp"], "b64")),
      b64: rarely(fc.constantFrom(true, false, "x")),
      zip: rarely(fc.constant("DEF")),
    },
    { noNullPrototype: true },
  );

function write(key: TestKey, header: unknown, payload: unknown): string {
  const text = JSON.stringify(payload).replaceAll(JSON.stringify(INFINITE), "1e999");
  const input = `${base64url(header)}.${base64url(text)}`;
  return `${input}.${signatureOver(key, input)}`;
}

const share = (part: number) => ({ numRuns: Math.ceil(CASES * part) });

it("gives jose's verdict on any header and claims, signed", { timeout: TIMEOUT }, async () => {
  const pair = pairFor(published);
  // RSA signatures take long to make, and there is nothing in them that the others do not show.
  const signer = fc.constantFrom(es1, es1, es2, ed1, stranger);
  const written = signer.chain((key) =>
    fc.tuple(anyHeader(key), anyClaims).map(([header, claims]) => write(key, header, claims)),
  );
  await fc.assert(
    fc.asyncProperty(written, (jwt) => compare(pair, jwt, published)),
    share(0.4),
  );
});

it("gives jose's verdict on good tokens that were changed as text", { timeout: TIMEOUT }, async () => {
  const pair = pairFor(published);
  const good = [es1, ed1, rs1].map((key) =>
    write(key, { alg: key.algorithm, kid: key.kid, typ: "at+jwt" }, goodClaims()),
  );
  const others = [es2, ed1].map((key) =>
    write(key, { alg: key.algorithm, kid: key.kid }, goodClaims({ sub: "other", permissions: [] })),
  );
  const characters = fc.constantFrom(..."AZaz09-_+/=. \n\t\u0000é\u200b");
  const edit = fc.record({
    at: fc.nat(10_000),
    kind: fc.constantFrom("replace", "remove", "insert", "cut", "swap", "case", "twin"),
    character: characters,
    part: fc.nat(2),
    other: fc.constantFrom(...others),
  });
  const changed = fc.tuple(fc.constantFrom(...good), fc.array(edit, { maxLength: 3 })).map(([jwt, edits]) => {
    let text = jwt;
    for (const { at, kind, character, part, other } of edits) {
      const place = at % (text.length + 1);
      const before = text.slice(0, place);
      if (kind === "replace") text = before + character + text.slice(place + 1);
      else if (kind === "remove") text = before + text.slice(place + 1);
      else if (kind === "insert") text = before + character + text.slice(place);
      else if (kind === "cut") text = before;
      else if (kind === "case") text = before + text.charAt(place).toUpperCase() + text.slice(place + 1);
      else if (kind === "twin") text = `${before}${text.charAt(place)}${text.slice(place)}`;
      else
        text = text
          .split(".")
          .with(Math.min(part, text.split(".").length - 1), other.split(".")[part] ?? "")
          .join(".");
    }
    return text;
  });
  await fc.assert(
    fc.asyncProperty(changed, (jwt) => compare(pair, jwt, published)),
    share(0.4),
  );
});

it("gives jose's verdict under any key set", { timeout: TIMEOUT }, async () => {
  const claims = goodClaims();
  const tokens = [es1, es2, ed1].flatMap((key) =>
    [key.kid, undefined, "es1"].map((kid) => write(key, { alg: key.algorithm, kid, typ: "at+jwt" }, claims)),
  );
  const change = fc.record(
    {
      kid: rarely(fc.constantFrom("es1", "es2", "x", undefined), "same"),
      alg: rarely(fc.constantFrom("ES256", "ES384", "RS256", "EdDSA", "none", undefined), "same"),
      use: rarely(fc.constantFrom("enc", "sig", undefined), "same"),
      key_ops: rarely(fc.constantFrom(["verify"], ["sign"], [], ["verify", "sign"]), "same"),
      crv: rarely(fc.constantFrom("P-256", "P-384", "Ed25519", "X25519"), "same"),
      x: rarely(fc.constantFrom(es2.jwk.x, "AAAA", ""), "same"),
    },
    { noNullPrototype: true },
  );
  const anyKey = fc.tuple(fc.constantFrom(es1, es1, es2, ed1), change).map(([{ jwk }, changes]) => {
    const kept = Object.entries(changes).filter(([, value]) => value !== "same");
    return Object.fromEntries(
      Object.entries({ ...jwk, ...Object.fromEntries(kept) }).filter(([, value]) => value !== undefined),
    );
  });
  const junk = fc.constantFrom(
    { kty: "oct", k: "AAAA", kid: "es1" },
    { kty: "LMS" },
    { ...rs1.jwk, e: "Aw" },
  );
  const anySet = fc.array(fc.oneof({ weight: 9, arbitrary: anyKey }, { weight: 1, arbitrary: junk }), {
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(anySet, fc.constantFrom(...tokens), async (list, jwt) => {
      const keys = { keys: list } as JsonWebKeySet;
      await compare(pairFor(keys), jwt, keys);
    }),
    share(0.2),
  );
});

it.skipIf(CASES < 100_000)("every listed difference still exists", () => {
  expect(differences.filter((one) => !seen.has(one)).map(({ why }) => why)).toEqual([]);
});
