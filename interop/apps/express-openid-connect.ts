import express from "express";
import openidConnect from "express-openid-connect";

const { auth, requiresAuth } = openidConnect;

/**
 * An application that signs people in on its server, in a process of its own, because Node reads the certificates to
 * trust from the environment when it starts. Says its address when it listens.
 */
const { ISSUER = "", CLIENT_ID = "", CLIENT_SECRET = "", AUDIENCE = "", PORT = "" } = process.env;
const baseURL = `http://localhost:${PORT}`;

const app = express();
app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: "signs the cookies of this application",
    authRequired: false,
    idpLogout: true,
    auth0Logout: true,
    enableTelemetry: true,
    authorizationParams: {
      response_type: "code",
      scope: "openid profile email offline_access",
      audience: AUDIENCE,
    },
  }),
);

app.get("/", (request, response) => {
  response.json({ isAuthenticated: request.oidc.isAuthenticated(), claims: request.oidc.idTokenClaims });
});
app.get("/register", (_request, response) =>
  response.oidc.login({ returnTo: "/", authorizationParams: { screen_hint: "signup" } }),
);
app.get("/library", (_request, response) =>
  response.oidc.login({ returnTo: "/", authorizationParams: { organization: "org_library" } }),
);
app.get("/profile", requiresAuth(), async (request, response) => {
  response.json(await request.oidc.fetchUserInfo());
});
app.get("/token", requiresAuth(), (request, response) => {
  response.json(request.oidc.accessToken);
});
app.get("/refreshed", requiresAuth(), async (request, response) => {
  response.json(await request.oidc.accessToken?.refresh());
});

app.listen(Number(PORT), "localhost", () => {
  process.stdout.write(`${baseURL}\n`);
});
process.on("SIGTERM", () => process.exit(0));
