// As the README of get-jwks has it for @fastify/jwt, with issuer and audience.
import jwt from "@fastify/jwt";
import Fastify from "fastify";
import buildGetJwks from "get-jwks";

const { ISSUER: issuer, AUDIENCE: audience } = process.env;
const getJwks = buildGetJwks({ issuersWhitelist: [issuer] });
const app = Fastify();
app.register(jwt, {
  decode: { complete: true },
  secret: (_request, token) => {
    const { kid, alg } = token.header;
    return getJwks.getPublicKey({ kid, alg, domain: issuer });
  },
  verify: { algorithms: ["RS256"], allowedIss: issuer, allowedAud: audience },
});
app.addHook("preValidation", (request) => request.jwtVerify());
app.get("/books", async () => ({ data: { books: [] } }));
const address = await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`${address}/books`);
