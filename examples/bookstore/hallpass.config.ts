import { defineConfig } from "hallpass";
import { branches } from "./branches.ts";
import { people } from "./people.ts";

const port = process.env.HALLPASS_PORT ?? "4300";
const web = `http://localhost:${process.env.WEB_PORT ?? "4302"}`;

export default defineConfig({
  issuer: `http://localhost:${port}`,

  apis: [{ audience: "https://api.bookstore.example", name: "Bookstore API" }],

  applications: [
    {
      clientId: "bookstore-web",
      name: "Marginalia",
      type: "spa",
      redirectUris: [web],
      postLogoutRedirectUris: [web],
      homeUri: web,
    },
  ],

  permissions: {
    "create:books": "Put a book on the shelf",
  },

  roles: {
    bookseller: { name: "Bookseller", permissions: ["create:books"] },
    reader: { name: "Reader", permissions: [] },
  },

  flags: {
    theme: {
      type: "string",
      value: "paper",
      description: "The colours of the shop: paper, harbour, fernwood or plum",
    },
    staff_picks: {
      type: "boolean",
      value: false,
      description: "Mark the books the staff would press on you",
    },
  },

  organizations: branches.map(({ code, name, theme }) => ({
    code,
    name,
    flags: { theme, ...(code === "org_harbour" && { staff_picks: true }) },
  })),

  users: people.map(({ about: _, theme, picture, ...person }) => ({
    ...person,
    ...(picture && { picture: `${web}${picture}` }),
    ...(theme && { flags: { theme } }),
  })),

  // Someone who registers becomes a reader at the harbour.
  defaults: { organization: "org_harbour", roles: ["reader"] },
});
