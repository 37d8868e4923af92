// One process of an application that shares its sessions with others: it answers who is signed in.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServerAuth, sqliteStore } from "@hallpass/server";

const {
  ISSUER = "",
  CLIENT_SECRET = "",
  CLIENT_ID = "",
  DATABASE = "",
  CALLBACK = "",
  AHEAD = "0",
  GATE = "",
} = process.env;

const auth = createServerAuth({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  redirectUri: CALLBACK,
  store: sqliteStore({ path: DATABASE }),
  clock: () => Date.now() + Number(AHEAD),
  // Everything for the issuer goes through the test's gate.
  fetch: (input, init) => fetch(`${input}`.replace(ISSUER, GATE), init),
});

const server = createServer(async (request, response) => {
  try {
    const session = await auth.session(request, response);
    if (session.isAuthenticated()) {
      await session.getToken();
      response.end(session.getUserDetails().id);
    } else {
      response.writeHead(303, { location: await session.getLoginUrl() }).end();
    }
  } catch (error) {
    response.writeHead((error as { status?: number }).status ?? 500).end();
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
