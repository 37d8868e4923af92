import {
  createOrg,
  GrantType,
  getUser,
  jwtVerify,
  protectRoute,
  setupKinde,
} from "@kinde-oss/kinde-node-express";
import type { SessionManager } from "@kinde-oss/kinde-typescript-sdk";
import express from "express";

declare global {
  namespace Express {
    /** What the SDK puts into requests. */
    interface Request extends SessionManager {
      user?: unknown;
    }
  }
}

/**
 * An application that signs people in on its server, in a process of its own, because Node reads the certificates to
 * trust from the environment when it starts. Says its address when it listens.
 */
const { ISSUER = "", CLIENT_ID = "", CLIENT_SECRET = "", AUDIENCE = "", PORT = "" } = process.env;
const home = `http://localhost:${PORT}`;

// What the SDK says on its way is not for the standard output, whose first line is the address.
console.log = () => {};

const app = express();
const client = setupKinde(
  {
    grantType: GrantType.AUTHORIZATION_CODE,
    issuerBaseUrl: ISSUER,
    clientId: CLIENT_ID,
    secret: CLIENT_SECRET,
    siteUrl: home,
    redirectUrl: `${home}/callback`,
    unAuthorisedUrl: `${home}/unauthorised`,
    postLogoutRedirectUrl: home,
    audience: AUDIENCE,
  },
  app,
);

app.get("/", (_request, response) => {
  response.json({ home: true });
});
app.get("/unauthorised", (_request, response) => {
  response.json({ unauthorised: true });
});
app.get("/create", createOrg);
app.get("/profile", getUser, (request, response) => {
  response.json(request.user);
});
app.get("/shelf", protectRoute, async (request, response) => {
  response.json({
    organization: await client.getOrganization(request),
    organizations: await client.getUserOrganizations(request),
    permissions: await client.getPermissions(request),
    shelves: await client.getFlag(request, "shelves"),
    name: await client.getClaimValue(request, "org_name"),
  });
});
app.get("/token", protectRoute, async (request, response) => {
  response.json(await client.getToken(request));
});
app.get("/api", jwtVerify(ISSUER, { audience: AUDIENCE }), (request, response) => {
  response.json(request.user);
});

app.listen(Number(PORT), "localhost", () => {
  process.stdout.write(`${home}\n`);
});
process.on("SIGTERM", () => process.exit(0));
