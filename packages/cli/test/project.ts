import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Settings as a project has them. */
export const bookstore = {
  permissions: { "create:books": "Add a book" },
  roles: { editor: { permissions: ["create:books"] } },
  organizations: [{ code: "org_bookstore", name: "Bookstore" }],
  users: [
    {
      email: "ada@example.com",
      password: "ada-loves-books",
      givenName: "Ada",
      organizations: [{ code: "org_bookstore", roles: ["editor"] }],
    },
  ],
  apis: [{ audience: "https://api.bookstore.example" }],
  applications: [{ clientId: "bookstore-web", type: "spa", redirectUris: ["http://localhost:4302"] }],
};

/** A new folder, with these settings if any. */
export function project(config?: object): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hallpass-project-")));
  if (config !== undefined) writeFileSync(join(folder, "hallpass.config.json"), JSON.stringify(config));
  return folder;
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
