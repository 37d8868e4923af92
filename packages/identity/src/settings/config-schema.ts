import { z } from "zod";
import { isOverlong } from "../credentials/password-policy.ts";
import { normaliseEmail } from "../directory/email.ts";
import { normaliseName } from "../directory/name.ts";
import { cookieDomainProblem } from "./cookie-domain.ts";
import { type AddressProblem, appAddressProblem, issuerProblem, linkProblem } from "./settings-address.ts";

/** A string with a rule whose failure says what was expected and how to mend it. */
function text(problem: (value: string) => AddressProblem | null) {
  return z.string().superRefine((value, context) => {
    const found = problem(value);
    if (found) context.addIssue({ code: "custom", params: found });
  });
}

const matching = (form: RegExp, expected: string, fix: string) =>
  text((value) => (form.test(value) ? null : { expected, fix }));

/** RFC 6749 section 3.3: what a scope may be made of, which serves for all keys. */
export const key = matching(
  /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/,
  "1 to 100 characters without spaces and quotes",
  'Use a key like "create:books".',
);

const line = text((value) =>
  normaliseName(value)
    ? null
    : { expected: "one line of 1 to 100 characters", fix: "Shorten it, or leave it out." },
);

const address = (problem: typeof linkProblem) => text(problem);

const seconds = (longest: number) =>
  z
    .number()
    .int()
    .superRefine((value, context) => {
      if (value >= 1 && value <= longest) return;
      context.addIssue({
        code: "custom",
        params: {
          expected: `seconds between 1 and ${longest}`,
          fix: "Lifetimes are whole seconds: 3600 is an hour.",
        },
      });
    });

const DAY = 86_400;

/** Seconds that a token may live at most; a signing key stays published for as long after its last use. */
export const LONGEST_TOKEN_LIFETIME = DAY;

const flagValue = z.union([z.string(), z.boolean(), z.number()]);
const flagValues = z.record(key, flagValue);

export const permission = z.string().max(500);

export const role = z.strictObject({ name: line.optional(), permissions: z.array(z.string()) });

export const flag = z.strictObject({
  type: z.enum(["string", "boolean", "integer"]),
  value: flagValue,
  description: z.string().max(500).optional(),
});

export const property = z.strictObject({
  name: line.optional(),
  of: z.enum(["user", "organization"]),
  inTokens: z.boolean().optional(),
});

const propertyValues = z.record(key, z.union([z.string().max(2000), z.boolean(), z.number()]));

export const organization = z.strictObject({
  code: matching(
    /^[A-Za-z0-9_-]{1,100}$/,
    "letters, digits, _ and - only",
    'Use a code like "org_bookstore".',
  ),
  name: line,
  flags: flagValues.optional(),
  properties: propertyValues.optional(),
});

export const user = z.strictObject({
  email: text((value) =>
    normaliseEmail(value) === null
      ? { expected: "an e-mail address", fix: 'Write an address like "ada@example.com".' }
      : null,
  ),
  password: text((value) =>
    value === "" || isOverlong(value)
      ? { expected: "1 to 1,000 characters", fix: "Choose a password for this development user." }
      : null,
  ),
  givenName: line.optional(),
  familyName: line.optional(),
  picture: address(linkProblem).optional(),
  organizations: z
    .array(z.strictObject({ code: z.string(), roles: z.array(z.string()).optional() }))
    .optional(),
  flags: flagValues.optional(),
  properties: propertyValues.optional(),
});

export const api = z.strictObject({
  audience: matching(
    /^[\x21-\x7e]{1,256}$/,
    "a name without spaces",
    'Use the name that the API expects in its tokens, for example "https://api.bookstore.example".',
  ),
  name: line.optional(),
  scopes: z.array(key).optional(),
  signingAlgorithm: z.enum(["RS256", "ES256", "EdDSA"]).optional(),
});

export const application = z.strictObject({
  clientId: matching(
    /^[A-Za-z0-9._~-]{1,100}$/,
    "letters, digits, and . _ ~ - only",
    'Use an id like "bookstore-web".',
  ),
  name: line.optional(),
  type: z.enum(["spa", "web", "native", "machine"]),
  redirectUris: z.array(address(appAddressProblem)).optional(),
  postLogoutRedirectUris: z.array(address(appAddressProblem)).optional(),
  homeUri: address(linkProblem).optional(),
  secret: z.string().optional(),
  secrets: z.array(z.string().optional()).optional(),
  jwks: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  confidential: z.boolean().optional(),
  pkce: z.enum(["required", "optional"]).optional(),
  apis: z.array(z.strictObject({ audience: z.string(), scopes: z.array(z.string()).optional() })).optional(),
  organization: z.enum(["required", "optional"]).optional(),
});

export const issuer = address(issuerProblem);

export const face = z.enum(["auth0", "kinde"]);

export const cookieDomain = address(cookieDomainProblem);

export const defaults = z.strictObject({
  organization: z.string().optional(),
  roles: z.array(z.string()).optional(),
  creatorRoles: z.array(z.string()).optional(),
});

export const lifetimes = z.strictObject({
  accessToken: seconds(LONGEST_TOKEN_LIFETIME).optional(),
  idToken: seconds(LONGEST_TOKEN_LIFETIME).optional(),
  refreshToken: seconds(365 * DAY).optional(),
  session: seconds(365 * DAY).optional(),
  interaction: seconds(DAY).optional(),
});

export const keys = z.strictObject({
  rotateAfter: z
    .number()
    .superRefine((value, context) => {
      if (Number.isInteger(value) && value >= 1 && value <= 365) return;
      context.addIssue({
        code: "custom",
        params: { expected: "whole days between 1 and 365", fix: "90 replaces a key after three months." },
      });
    })
    .optional(),
});
