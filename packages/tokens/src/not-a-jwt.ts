import { refusal, type TokenError } from "./token-error.ts";

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

/** The refusal for something that is no string, saying what it is and what to pass. */
export function refuseNonString(value: unknown): TokenError {
  if (value === undefined || value === null) {
    return refusal("token_missing", `There is no token: ${value} was given.`, {
      found: String(value),
      expected: "a JWT",
      fix: "Pass the JWT as a string; on a server it is what follows 'Bearer ' in the Authorization header.",
    });
  }
  let what: string;
  let fix: string;
  try {
    [what, fix] = describe(value);
  } catch {
    // Getters and proxies may throw: whatever it is, it is not a string.
    [what, fix] = ["an object", PASS_THE_JWT];
  }
  return refusal("token_malformed", `This is ${what}, not a JWT.`, {
    found: what,
    expected: "a JWT as a string",
    fix,
  });
}

/** The refusal for a string that is not three parts with dots between them, or undefined if it may be a JWT. */
export function refuseOtherText(text: string): TokenError | undefined {
  if (text === "" || /^bearer\s*$/i.test(text)) {
    return refusal("token_missing", "There is no token: the text is empty.", {
      found: "an empty text",
      expected: "a JWT",
      fix: "Send 'Authorization: Bearer <token>' and pass what follows 'Bearer '.",
    });
  }
  const placeholder = PLACEHOLDERS.get(text);
  if (placeholder !== undefined) return malformed(`the text '${text}'`, placeholder);

  if (/^authorization\s*:/i.test(text)) {
    return malformed("a whole Authorization header", "Pass the JWT alone: what follows 'Bearer '.");
  }
  const scheme = /^(bearer|dpop|basic|token|jwt)[\s:]/i.exec(text)?.[1];
  if (scheme !== undefined) {
    return scheme.toLowerCase() === "basic"
      ? malformed("a Basic credential", "Sign in with the issuer and send its access token instead.")
      : malformed(`text that starts with '${scheme} '`, `Pass the JWT alone, without '${scheme} '.`);
  }
  if (/^["'`]|["'`]$/.test(text)) return malformed("text in quotes", "Take the quotes off.");
  if (/^\s|\s$/.test(text)) return malformed("text with white space around it", "Trim it.");
  if (text.startsWith("{")) {
    return malformed(
      "JSON text",
      "Parse it and pass its access_token: the whole answer of the issuer is not a token.",
    );
  }
  if (text.startsWith("-----BEGIN")) return malformed("a PEM block", PASS_THE_JWT);
  if (/^https?:\/\//i.test(text)) return malformed("a URL", PASS_THE_JWT);
  return undefined;
}

/** The refusal for text with a number of dot-separated parts that a signed JWT does not have. */
export function refuseParts(parts: number): TokenError {
  if (parts === 5) {
    return refusal("token_encrypted", "This token is encrypted (JWE): it has five parts.", {
      found: "a JWE",
      expected: "a signed JWT, which has three parts",
      fix: "Switch token encryption for this API off at the issuer; only whoever has the key can read such a token.",
    });
  }
  if (parts === 1) {
    return malformed(
      "an opaque token (text without dots)",
      "Ask the issuer for a JWT: register the API there and request its audience when signing in.",
    );
  }
  return malformed(
    `text of ${parts > 5 ? "more than five" : parts} parts`,
    "Pass the whole JWT: three parts with dots between them.",
  );
}

/** The refusal for a JWT-like text of which a part cannot be read. */
export function refuseUnreadable(part: "header" | "payload" | "signature", why: string): TokenError {
  return refusal("token_malformed", `The ${part} of this token ${why}.`, {
    found: `a ${part} that ${why}`,
    expected: "a JWT exactly as the issuer wrote it",
    fix: "Pass the token unchanged: nothing cut off, decoded, re-encoded or added.",
  });
}

function malformed(what: string, fix: string): TokenError {
  return refusal("token_malformed", `This is ${what}, not a JWT.`, {
    found: what,
    expected: "a JWT: three base64url parts with dots between them",
    fix,
  });
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
