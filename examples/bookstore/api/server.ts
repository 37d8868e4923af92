import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createApp } from "./app.ts";
import { type BookShelf, openShelf } from "./books.ts";
import { createHttpServer } from "./http-server.ts";
import { readSettings, type Settings } from "./settings.ts";

try {
  await start(readSettings(process.env));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

async function start(settings: Settings): Promise<void> {
  const shelf = openShelfIn(settings.booksFile);
  const server = createHttpServer(createApp({ ...settings, shelf }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(whyNotListening(error, settings))),
    );
    server.listen(settings.port, settings.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : settings.port;
  process.stdout.write(`The bookstore's API listens on http://${settings.host}:${port}\n`);
  void warnIfIssuerIsAway(settings.issuer);

  const stop = () => {
    server.close(() => shelf.close());
    server.closeAllConnections();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function openShelfIn(file: string): BookShelf {
  try {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    return openShelf(file);
  } catch (error) {
    throw new Error(
      `The books cannot be kept in ${file}: ${(error as Error).message}. ` +
        "Make that folder writable, or name another file in BOOKS_FILE (:memory: keeps them until the API stops).",
    );
  }
}

function whyNotListening(error: NodeJS.ErrnoException, { host, port }: Settings): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is taken by another program. Stop that one, or take another port: API_PORT=${port + 10} node api/server.ts`;
  }
  if (error.code === "EACCES") {
    return `Port ${port} may not be opened by this user. Take one above 1023: API_PORT=4301 node api/server.ts`;
  }
  return `The API cannot listen on ${host}:${port}: ${error.message}`;
}

/** The API starts without its issuer too, and recovers by itself; but whoever starts it should know. */
async function warnIfIssuerIsAway(issuer: string): Promise<void> {
  try {
    await fetch(new URL("/.well-known/openid-configuration", issuer), { signal: AbortSignal.timeout(3000) });
  } catch {
    process.stderr.write(
      `The issuer ${issuer} does not answer yet. Until it does, protected routes answer 503. ` +
        "Start it with: npx hallpass dev\n",
    );
  }
}
