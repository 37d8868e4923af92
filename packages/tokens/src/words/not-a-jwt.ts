import type { Decoder, Facts } from "../facts.ts";
import type { TokenErrorWords } from "../token-error.ts";

/** Texts that a variable without a value, or an object, leaves behind in a string. */
const PLACEHOLDERS: ReadonlyMap<string, string> = new Map([
  [
    "undefined",
    "A variable without a value was put into a string: get the token first, and send nothing without it.",
  ],
  [
    "null",
    "A variable without a value was put into a string: get the token first, and send nothing without it.",
  ],
  ["[object Promise]", "A Promise was put into a string: await the function that gives the token."],
  ["[object Object]", "An object was put into a string: put its access_token there."],
]);

const PASS_THE_JWT = "Pass the JWT alone, as a string.";

export function missing(given: unknown): TokenErrorWords {
  return typeof given === "string"
    ? {
        what: "There is no token: the text is empty.",
        found: "an empty text",
        expected: "a JWT",
        fix: "Send 'Authorization: Bearer <token>' and pass what follows 'Bearer '.",
      }
    : {
        what: `There is no token: ${given} was given.`,
        found: String(given),
        expected: "a JWT",
        fix: "Pass the JWT as a string; on a server it is what follows 'Bearer ' in the Authorization header.",
      };
}

export function tooLarge(...[given, longest]: Facts["token_too_large"]): TokenErrorWords {
  const found = `${(given as string).length} characters`;
  return {
    what: `This token has ${found}.`,
    found,
    expected: `at most ${longest} characters`,
    fix: "Have the issuer put less into it; long lists (groups, permissions) belong behind an API.",
  };
}

export function encrypted(): TokenErrorWords {
  return {
    what: "This token is encrypted (JWE): it has five parts.",
    found: "a JWE",
    expected: "a signed JWT, which has three parts",
    fix: "Switch token encryption for this API off at the issuer; only whoever has the key can read such a token.",
  };
}

/** Says what was passed in place of a JWT, and what to pass. */
export function malformed(...[given, decodeText]: Facts["token_malformed"]): TokenErrorWords {
  if (typeof given === "string") return describeText(given, decodeText as Decoder);
  let what: string;
  let fix: string;
  try {
    [what, fix] = describe(given as NonNullable<unknown>);
  } catch {
    // Getters and proxies may throw: whatever it is, it is not a string.
    [what, fix] = ["an object", PASS_THE_JWT];
  }
  return { what: `This is ${what}, not a JWT.`, found: what, expected: "a JWT as a string", fix };
}

function describeText(text: string, decodeText: Decoder): TokenErrorWords {
  const parts = text.split(".", 7);
  if (parts.length !== 3) return otherText(text) ?? wrongParts(parts.length);
  const [header = "", payload = ""] = parts;
  const members = readObject(header, decodeText);
  // A prefix such as `Bearer ` makes the first part unreadable: name it rather than the part.
  if (typeof members === "string") return otherText(text) ?? unreadable("header", members);
  const claims = readObject(payload, decodeText);
  if (typeof claims === "string") return unreadable("payload", claims);
  // Of what the verifier reads, only these two are left.
  const { kid } = members;
  if (typeof kid === "string" && kid.length > 512) return unreadable("header", "has a kid of absurd length");
  if (kid !== undefined && typeof kid !== "string")
    return unreadable("header", "has a kid that is not a string");
  return otherText(text) ?? unreadable("signature", "is not base64url");
}

/** The object in a part, or what is wrong with that. */
function readObject(segment: string, decodeText: Decoder): Readonly<Record<string, unknown>> | string {
  const text = decodeText(segment);
  if (text === undefined) return "is not base64url of UTF-8 text";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : "is not a JSON object";
}

/** Text that has something else around a token, or in its place. */
function otherText(text: string): TokenErrorWords | undefined {
  const placeholder = PLACEHOLDERS.get(text);
  if (placeholder !== undefined) return notJwt(`the text '${text}'`, placeholder);

  if (/^authorization\s*:/i.test(text)) {
    return notJwt("a whole Authorization header", "Pass the JWT alone: what follows 'Bearer '.");
  }
  const scheme = /^(bearer|dpop|basic|token|jwt)[\s:]/i.exec(text)?.[1];
  if (scheme !== undefined) {
    return scheme.toLowerCase() === "basic"
      ? notJwt("a Basic credential", "Sign in with the issuer and send its access token instead.")
      : notJwt(`text that starts with '${scheme} '`, `Pass the JWT alone, without '${scheme} '.`);
  }
  if (/^["'`]|["'`]$/.test(text)) return notJwt("text in quotes", "Take the quotes off.");
  if (/^\s|\s$/.test(text)) return notJwt("text with white space around it", "Trim it.");
  if (text.startsWith("{")) {
    return notJwt(
      "JSON text",
      "Parse it and pass its access_token: the whole answer of the issuer is not a token.",
    );
  }
  if (text.startsWith("-----BEGIN")) return notJwt("a PEM block", PASS_THE_JWT);
  if (/^https?:\/\//i.test(text)) return notJwt("a URL", PASS_THE_JWT);
  return undefined;
}

/** Text with a number of dot-separated parts that a signed JWT does not have. */
function wrongParts(parts: number): TokenErrorWords {
  return parts === 1
    ? notJwt(
        "an opaque token (text without dots)",
        "Ask the issuer for a JWT: register the API there and request its audience when signing in.",
      )
    : notJwt(
        `text of ${parts > 5 ? "more than five" : parts} parts`,
        "Pass the whole JWT: three parts with dots between them.",
      );
}

/** A JWT-like text of which a part cannot be read. */
function unreadable(part: "header" | "payload" | "signature", why: string): TokenErrorWords {
  return {
    what: `The ${part} of this token ${why}.`,
    found: `a ${part} that ${why}`,
    expected: "a JWT exactly as the issuer wrote it",
    fix: "Pass the token unchanged: nothing cut off, decoded, re-encoded or added.",
  };
}

function notJwt(what: string, fix: string): TokenErrorWords {
  return {
    what: `This is ${what}, not a JWT.`,
    found: what,
    expected: "a JWT: three base64url parts with dots between them",
    fix,
  };
}

function describe(value: NonNullable<unknown>): [what: string, fix: string] {
  if (typeof value === "function") return ["a function", "Call it, await what it gives, and pass that."];
  if (typeof value !== "object") return [`a ${typeof value}`, PASS_THE_JWT];
  if (has(value, "then", "function")) return ["a Promise", "Await it and pass the string that it gives."];
  if (Array.isArray(value)) return ["an array", "Pass one JWT, as a string."];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return ["a sequence of bytes", "Pass it as a string, for example with toString('latin1')."];
  }
  if (value instanceof String) return ["a String object", "Pass a plain string."];
  if (has(value, "append", "function") && has(value, "getSetCookie", "function")) {
    return ["a Headers object", "Pass what follows 'Bearer ' in its Authorization header."];
  }
  if (has(value, "headers", "object")) {
    return has(value, "status", "number") && has(value, "json", "function")
      ? ["a Response", "Read its JSON and pass the access_token in it."]
      : [
          "a request",
          "Pass what follows 'Bearer ' in its Authorization header, or let a guard of @hallpass/api do it.",
        ];
  }
  for (const name of ["access_token", "accessToken"]) {
    if (has(value, name, "string")) return ["a set of tokens", `Pass its ${name}.`];
  }
  if (has(value, "authorization", "string")) {
    return ["an object of headers", "Pass what follows 'Bearer ' in its authorization."];
  }
  if (has(value, "iss", "string") && has(value, "exp", "number")) {
    return [
      "the decoded claims of a token",
      "Pass the JWT that they were decoded from: only its text can be verified.",
    ];
  }
  return ["an object", PASS_THE_JWT];
}

function has(value: object, name: string, type: string): boolean {
  const member = (value as Record<string, unknown>)[name];
  return typeof member === type && member !== null;
}
