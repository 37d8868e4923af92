import { expect, test } from "vitest";
import { newClientSecret } from "../credentials/client-secret.ts";
import { createPasswordHasher } from "../credentials/index.ts";
import { openDatabase } from "../database/index.ts";
import { createUser } from "../directory/index.ts";
import { applySettings, parseSettings } from "../settings/index.ts";
import { developmentPage, developmentView } from "./index.ts";

const SECRET = newClientSecret();

test("the development page shows who and what there is", async () => {
  await using db = await openDatabase({ file: ":memory:" });
  const passwords = createPasswordHasher({ memory: 64, passes: 1 });
  const settings = parseSettings({
    permissions: { "create:books": "Add a book" },
    roles: { editor: { name: "Editor", permissions: ["create:books"] } },
    flags: { theme: { type: "string", value: "classic" } },
    organizations: [{ code: "org_bookstore", name: "Bookstore" }],
    users: [
      {
        email: "ada@bookstore.example",
        password: "an engine of analysis",
        organizations: [{ code: "org_bookstore", roles: ["editor"] }],
      },
    ],
    apis: [{ audience: "https://api.bookstore.example", scopes: ["books:read"] }],
    applications: [
      {
        clientId: "bookstore-web",
        type: "spa",
        redirectUris: ["http://localhost:4302/callback"],
        postLogoutRedirectUris: ["http://localhost:4302/bye"],
      },
      {
        clientId: "bookstore-jobs",
        type: "machine",
        secret: SECRET,
        apis: [{ audience: "https://api.bookstore.example", scopes: ["books:read"] }],
      },
      { clientId: "bookstore-phone", type: "native", redirectUris: ["com.example.bookstore:/callback"] },
    ],
  });
  await applySettings(db, settings, { seedUsers: passwords });
  await createUser(db, passwords, { email: "grace@example.com", password: "a ship in harbour is safe" });

  const page = developmentPage(await developmentView(db, settings));
  for (const shown of [
    "http://localhost:4300",
    "ada@bookstore.example",
    "an engine of analysis",
    "grace@example.com",
    "bookstore-web",
    "http://localhost:4302/callback",
    "http://localhost:4302/bye",
    "https://api.bookstore.example",
    "create:books",
    "Editor",
    "theme",
    "org_bookstore",
    "Machine",
    "a secret",
    "https://api.bookstore.example books:read",
    "Native application",
    "com.example.bookstore:/callback",
    "a public client",
  ]) {
    expect(page).toContain(shown);
  }
  expect(page).not.toContain("a ship in harbour is safe");
  expect(page).not.toContain("argon2id");
  expect(page).not.toContain(SECRET);
  expect(page).not.toContain("<form");
});
