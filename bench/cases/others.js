// Each as its own documentation shows it, with its key set fetched and warm where it can fetch one over HTTP.
import { inTurn } from "../corpus.js";

const one = (name, operation) => [{ name, group: "whole", inFlight: 1, operation }];

export async function jwksRsa({ issuer, valid }) {
  const { default: jsonwebtoken } = await import("jsonwebtoken");
  const { default: jwksRsa } = await import("jwks-rsa");
  const client = jwksRsa({ jwksUri: issuer.jwksUri, cache: true });
  const key = ({ kid }, callback) =>
    client.getSigningKey(kid).then((found) => callback(null, found.getPublicKey()), callback);
  const checks = { issuer: issuer.issuer, audience: issuer.audience, algorithms: ["RS256"] };
  const next = inTurn(valid);
  return one(
    "jsonwebtoken with jwks-rsa",
    () =>
      new Promise((resolve, reject) => {
        jsonwebtoken.verify(next(), key, checks, (error, payload) =>
          error ? reject(error) : resolve(payload),
        );
      }),
  );
}

export async function awsJwtVerify({ issuer, valid }) {
  const { JwtVerifier } = await import("aws-jwt-verify");
  const verifier = JwtVerifier.create({
    issuer: issuer.issuer,
    audience: issuer.audience,
    jwksUri: issuer.jwksUri.replace("http:", "https:"),
  });
  // It fetches over https only, so it is handed what it would have fetched.
  verifier.cacheJwks(issuer.keys());
  const next = inTurn(valid);
  return one("aws-jwt-verify", () => verifier.verify(next()));
}

export async function expressBearer({ issuer, valid }) {
  const { auth } = await import("express-oauth2-jwt-bearer");
  const handler = auth({
    issuer: issuer.issuer,
    jwksUri: issuer.jwksUri,
    audience: issuer.audience,
    tokenSigningAlg: "RS256",
  });
  const next = inTurn(valid);
  return one(
    "express-oauth2-jwt-bearer",
    () =>
      new Promise((resolve, reject) => {
        const request = {
          headers: { authorization: `Bearer ${next()}`, host: "localhost" },
          get: () => "localhost",
          protocol: "http",
          originalUrl: "/books",
          query: {},
          method: "GET",
          is: () => false,
        };
        handler(request, {}, (error) => (error ? reject(error) : resolve(request.auth)));
      }),
  );
}

export async function oauth4webapi({ issuer, valid }) {
  const oauth = await import("oauth4webapi");
  const server = { issuer: issuer.issuer, jwks_uri: issuer.jwksUri };
  const next = inTurn(valid);
  return one("oauth4webapi", () => {
    const request = new Request("http://localhost/books", { headers: { authorization: `Bearer ${next()}` } });
    return oauth.validateJwtAccessToken(server, request, issuer.audience, {
      [oauth.allowInsecureRequests]: true,
    });
  });
}

export async function kinde({ issuer, valid }) {
  const { validateToken } = await import("@kinde/jwt-validator");
  const next = inTurn(valid);
  return one("@kinde/jwt-validator", async () => {
    const { valid: isValid, message } = await validateToken({ token: next(), domain: issuer.issuer });
    if (!isValid) throw new Error(message);
  });
}

/** Takes no other `typ` than `JWT`, so it gets tokens of its own. */
export async function hono({ issuer, plain }) {
  const { verifyWithJwks } = await import("hono/jwt");
  const { keys } = issuer.keys();
  const next = inTurn(plain);
  const options = {
    keys,
    verification: { iss: issuer.issuer, aud: issuer.audience },
    allowedAlgorithms: ["RS256"],
  };
  return one("hono, keys given as data", () => verifyWithJwks(next(), options));
}

export async function clerk({ issuer, valid, publicKey }) {
  const { verifyToken } = await import("@clerk/backend");
  const options = {
    jwtKey: publicKey.export({ type: "spki", format: "pem" }),
    audience: issuer.audience,
    headerType: "at+jwt",
  };
  const next = inTurn(valid);
  return one("@clerk/backend, one fixed PEM", () => verifyToken(next(), options));
}
