/** Somebody who exists from the first start in development, so that there is someone to sign in as. */
export interface Person {
  givenName: string;
  familyName: string;
  email: string;
  password: string;
  /** A file below `web/public`. Without one the shop shows initials. */
  picture?: string;
  organizations: { code: string; roles: string[] }[];
  theme?: string;
  /** What this person is there to show, said on the landing page. */
  about: string;
}

/**
 * Their passwords stand in the open because they are seeded in development only: `hallpass serve` ignores them,
 * and the landing page of a production build does not contain them.
 */
export const people: readonly Person[] = [
  {
    givenName: "Mina",
    familyName: "Okafor",
    email: "mina@bookstore.example",
    password: "first-edition-please",
    picture: "/people/mina.svg",
    organizations: [
      { code: "org_harbour", roles: ["bookseller"] },
      { code: "org_fernwood", roles: ["bookseller"] },
    ],
    about: "Bookseller at both branches. May add books.",
  },
  {
    givenName: "Jonas",
    familyName: "Lind",
    email: "jonas@bookstore.example",
    password: "just-one-more-chapter",
    organizations: [{ code: "org_harbour", roles: ["reader"] }],
    theme: "plum",
    about: "Reader at the harbour. May look, not add.",
  },
];
