// @ts-check
// The refusals that the guides to issuers quote are what an API says to such tokens.
import { Buffer } from "node:buffer";
import { createVerifier } from "@hallpass/tokens";
import { expect, it } from "vitest";
import { documents } from "./documents.js";

const api = "https://api.bookstore.example";
const kinde = { issuer: "https://yourapp.kinde.com", audience: api };
const keycloak = { issuer: "https://id.bookstore.example/realms/books", audience: api };
const entra = { issuer: "https://login.microsoftonline.com/3f8a1c5e/v2.0", audience: "api://bookstore" };
const cognito = {
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1",
  clientId: "1example23456789",
};
const okta = { issuer: "https://bookstore.okta.com/oauth2/default", audience: "api://default" };
const local = { issuer: "http://localhost:4300", audience: api };
const withoutDiscovery = { ...kinde, jwksUri: "https://yourapp.kinde.com/.well-known/jwks.json" };

/** @type {[options: import("@hallpass/tokens").VerifierOptions, token: string][]} */
const refused = [
  [kinde, jwt({ iss: kinde.issuer, aud: [] })],
  [kinde, jwt({ iss: "https://auth.bookstore.example", aud: [api] })],
  [withoutDiscovery, jwt({ iss: `${kinde.issuer}/`, aud: [api] })],
  [kinde, jwt({ iss: kinde.issuer, aud: [api] }, { alg: "HS256" })],
  [kinde, jwt({ iss: kinde.issuer, aud: [api] }, { alg: "ES384" })],
  [local, jwt({ iss: local.issuer, aud: [api] }, { alg: "ES256" })],
  [kinde, "header..iv.text.tag"],
  [kinde, "opaque"],
  [kinde, "ya29.opaque"],
  [keycloak, jwt({ iss: keycloak.issuer, aud: "account", typ: "Bearer" })],
  [keycloak, jwt({ iss: keycloak.issuer, typ: "Bearer" })],
  [keycloak, jwt({ iss: "http://localhost:8080/realms/books", aud: api, typ: "Bearer" })],
  [entra, jwt({ iss: "https://sts.windows.net/3f8a1c5e/", aud: "api://bookstore" })],
  [entra, jwt({ iss: entra.issuer, aud: "6e74172b-be56-4843-9ff4-e66a39bb12e3" })],
  [cognito, jwt({ iss: cognito.issuer, token_use: "id", aud: cognito.clientId })],
  [cognito, jwt({ iss: cognito.issuer, token_use: "access", client_id: "other" })],
  [kinde, jwt({ iss: kinde.issuer, aud: "https://other.example" })],
  [okta, jwt({ iss: "https://bookstore.okta.com", aud: "https://bookstore.okta.com" })],
  [{ ...okta, audience: api }, jwt({ iss: okta.issuer, aud: "api://default" })],
  [kinde, jwt({ iss: kinde.issuer, aud: "web", at_hash: "hash" })],
];

/** A token with a signature that nobody looks at, because something else is wrong with it. @param {object} claims */
function jwt(claims, header = {}) {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 600;
  return `${part({ alg: "RS256", typ: "JWT", kid: "1", ...header })}.${part({ exp, scope: "openid", ...claims })}.AAAA`;
}

const said = await Promise.all(
  refused.map(async ([options, token]) => {
    const verdict = await createVerifier(options).tryVerify(token);
    return verdict.ok ? "accepted" : `${verdict.error.code}: ${verdict.error.message}`;
  }),
);

for (const { file, text } of documents().filter((document) => document.file.startsWith("docs/issuers/"))) {
  // A cell quotes a refusal as `code`: `sentence`, or `sentence` alone; three dots stand for what is left out.
  for (const [, code = "", sentence = ""] of text.matchAll(
    /(?:`([a-z_]+)`[^`|]*)?`((?:This (?:token|is) |… aud |… \(they )[^`]+)`/g,
  )) {
    it(`${file} quotes a refusal: ${sentence}`, () => {
      const parts = sentence.split("…").map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const quoted = new RegExp(`^${code || "\\w+"}: ${parts.join(".*")}`);
      expect(
        said.filter((message) => quoted.test(message)),
        said.join("\n"),
      ).not.toEqual([]);
    });
  }
}
