import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { newClientSecret } from "../src/credentials/client-secret.ts";
import type { ApplicationConfig, HallpassConfig } from "../src/settings/index.ts";
import { AUDIENCE, CONFIG, OTHER_AUDIENCE, type TokenAnswer } from "./identity.ts";

export const JOBS_SECRET = newClientSecret();
export const SERVER_SECRET = newClientSecret();
export const SERVER_REDIRECT_URI = "http://localhost:4305/callback";
export const NATIVE_SCHEME_URI = "com.example.bookstore:/callback";

const pair = await generateKeyPair("ES256", { extractable: true });
const foreign = await generateKeyPair("ES256", { extractable: true });
export const KEY_ID = "key-of-the-signer";

/** A private key that no application registers. */
export const FOREIGN_KEY: CryptoKey = foreign.privateKey;
export const SIGNER_KEY: CryptoKey = pair.privateKey;

/** One application of each kind that can authenticate, and a native one. */
const APPLICATIONS: ApplicationConfig[] = [
  {
    clientId: "jobs",
    type: "machine",
    secret: JOBS_SECRET,
    apis: [{ audience: AUDIENCE, scopes: ["books:read"] }, { audience: OTHER_AUDIENCE }],
  },
  {
    clientId: "signer",
    type: "machine",
    jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: KEY_ID, alg: "ES256" }] },
    apis: [{ audience: AUDIENCE, scopes: ["books:read"] }],
  },
  {
    clientId: "server",
    type: "web",
    secret: SERVER_SECRET,
    redirectUris: [SERVER_REDIRECT_URI],
  },
  {
    clientId: "kinde-server",
    type: "web",
    secret: SERVER_SECRET,
    pkce: "optional",
    redirectUris: [SERVER_REDIRECT_URI],
  },
  {
    clientId: "phone",
    type: "native",
    redirectUris: [
      NATIVE_SCHEME_URI,
      "http://127.0.0.1/callback",
      "http://[::1]:7000/callback",
      "http://localhost/callback",
      "https://app.example.com/callback",
    ],
  },
];

export const APPLICATIONS_CONFIG: HallpassConfig = {
  ...CONFIG,
  apis: [
    { audience: AUDIENCE, name: "Bookstore", scopes: ["books:read", "books:write"] },
    { audience: OTHER_AUDIENCE },
  ],
  applications: [...(CONFIG.applications ?? []), ...APPLICATIONS],
};

/** The Authorization header of `client_secret_basic`. */
export function basic(clientId: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}` };
}

export interface AssertionOptions {
  key?: CryptoKey;
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
}

/** A client assertion of the application `signer`, right but for what the options say. */
export async function assertion(
  issuer: string,
  { key, header, claims }: AssertionOptions = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({
    iss: "signer",
    sub: "signer",
    aud: issuer,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid: KEY_ID, ...header })
    .sign(key ?? SIGNER_KEY);
}

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** A form to one of the endpoints that applications call; a list repeats a parameter. */
export async function post(
  url: string,
  form: Record<string, string | readonly string[]>,
  headers: Record<string, string> = {},
): Promise<Pick<TokenAnswer, "status" | "headers"> & { body: Record<string, unknown> }> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) {
    for (const each of typeof value === "string" ? [value] : value) body.append(name, each);
  }
  const response = await fetch(url, { method: "POST", body, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : JSON.parse(text),
  };
}
