/** How a React application reaches this issuer: ready to paste. */
export function reactSnippet(values: {
  issuer: string;
  clientId: string;
  audience: string | undefined;
}): string[] {
  const audience = values.audience === undefined ? [] : [`  audience="${values.audience}"`];
  return [
    'import { AuthProvider } from "@hallpass/react";',
    "",
    "<AuthProvider",
    `  issuer="${values.issuer}"`,
    `  clientId="${values.clientId}"`,
    ...audience,
    ">",
    "  <App />",
    "</AuthProvider>",
  ];
}

/** How an Express API lets in the tokens of this issuer: ready to paste. */
export function expressSnippet(values: { issuer: string; audience: string }): string[] {
  return [
    'import { createGuard } from "@hallpass/api/express";',
    "",
    "const guard = createGuard({",
    `  issuer: "${values.issuer}",`,
    `  audience: "${values.audience}",`,
    "});",
    'app.get("/books", guard(), listBooks); // req.auth is the verified token',
  ];
}
