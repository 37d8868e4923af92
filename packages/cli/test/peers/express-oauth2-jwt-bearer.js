// As the library's README has it.
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";

const app = express();
app.use(
  auth({ issuerBaseURL: process.env.ISSUER, audience: process.env.AUDIENCE, tokenSigningAlg: "RS256" }),
);
app.get("/books", (_request, response) => response.json({ data: { books: [] } }));
const server = app.listen(0, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/books`),
);
