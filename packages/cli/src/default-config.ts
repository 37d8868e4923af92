import type { HallpassConfig } from "@hallpass/identity/config";

/**
 * What `hallpass dev` runs with in a folder without a config: enough to sign in from a React application on one of
 * the usual ports and to call an API, with one user who may do everything and one who may only read.
 */
export const defaultConfig: HallpassConfig = {
  permissions: { "read:books": "See the list of books", "create:books": "Add a book" },
  roles: {
    editor: { name: "Editor", permissions: ["read:books", "create:books"] },
    reader: { name: "Reader", permissions: ["read:books"] },
  },
  organizations: [{ code: "org_bookstore", name: "Bookstore" }],
  users: [
    {
      email: "ada@example.com",
      password: "ada-loves-books",
      givenName: "Ada",
      familyName: "Example",
      organizations: [{ code: "org_bookstore", roles: ["editor"] }],
    },
    {
      email: "ben@example.com",
      password: "ben-loves-books",
      givenName: "Ben",
      familyName: "Example",
      organizations: [{ code: "org_bookstore", roles: ["reader"] }],
    },
  ],
  apis: [{ audience: "https://api.bookstore.example", name: "Bookstore API" }],
  applications: [
    {
      clientId: "bookstore-web",
      name: "Bookstore",
      type: "spa",
      redirectUris: ["http://localhost:5173", "http://localhost:3000", "http://localhost:4302"],
      postLogoutRedirectUris: ["http://localhost:5173", "http://localhost:3000", "http://localhost:4302"],
    },
  ],
  defaults: { organization: "org_bookstore", roles: ["reader"] },
};

/** A first config of one's own, to copy from the terminal. */
export const starterConfig: readonly string[] = [
  'import { defineConfig } from "hallpass";',
  "",
  "export default defineConfig({",
  '  permissions: { "create:books": "Add a book" },',
  '  roles: { editor: { permissions: ["create:books"] } },',
  '  organizations: [{ code: "org_bookstore", name: "Bookstore" }],',
  "  users: [",
  "    {",
  '      email: "ada@example.com",',
  '      password: "ada-loves-books",',
  '      organizations: [{ code: "org_bookstore", roles: ["editor"] }],',
  "    },",
  "  ],",
  '  apis: [{ audience: "https://api.bookstore.example" }],',
  "  applications: [",
  '    { clientId: "bookstore-web", type: "spa", redirectUris: ["http://localhost:5173"] },',
  "  ],",
  "});",
];
