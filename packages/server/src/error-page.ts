import type { AuthErrorCode } from "./auth-error.ts";

/** What a person is told. Nothing of the request or of the issuer's answer is repeated. */
const sentences: Partial<Record<AuthErrorCode, string>> = {
  not_signed_in: "You are not signed in.",
  session_ended: "Your session has ended. Please sign in again.",
  access_denied: "The sign-in was cancelled or declined.",
  cross_site: "This request does not come from a page of this site, or not in the right way.",
  sign_in_expired: "This sign-in took too long, or is done already. Please start again.",
  sign_in_failed: "The sign-in did not work. Please start again.",
  issuer_error: "The sign-in service could not sign you in. Please start again.",
  issuer_unreachable: "The sign-in service cannot be reached just now. Please try again in a moment.",
  store_unavailable: "This is not available just now. Please try again in a moment.",
  logout_token_invalid: "The logout token is not valid.",
  option_invalid: "Something in this request cannot be used.",
};

const sentence = (code: AuthErrorCode): string =>
  sentences[code] ?? "Something is not set up correctly. Please tell whoever runs this site.";

const page = (code: AuthErrorCode, loginUrl: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign-in</title>
</head>
<body>
<main>
<h1>Sign-in</h1>
<p>${sentence(code)}</p>
<p><a href="${loginUrl}">Sign in</a> · <a href="/">Home</a></p>
<p><small>${code}</small></p>
</main>
</body>
</html>
`;

/** The page for a sign-in that failed, which offers to start again. */
export const errorPage: {
  readonly headers: Readonly<Record<string, string>>;
  sentence(code: AuthErrorCode): string;
  /** @param loginUrl a plain path, with an encoded parameter at most */
  html(code: AuthErrorCode, loginUrl: string): string;
} = {
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
  },
  sentence,
  html: page,
};
