import { errorPage } from "./error-page.ts";
import { PRIVATE } from "./failure.ts";
import type { Outcome } from "./outcome.ts";

/** The page that asks whether to sign out, where another site's link or picture may have led to the route. */
export function signOutPage(action: string): Outcome {
  return {
    status: 200,
    cookies: [],
    headers: {
      ...PRIVATE,
      ...errorPage.headers,
      // Without form-action: the form's answer leads on to the issuer. The form has to say where it comes from.
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      "referrer-policy": "same-origin",
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign out</title>
</head>
<body>
<main>
<h1>Sign out</h1>
<form method="post" action="${action.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}">
<p>Do you want to sign out?</p>
<p><button>Sign out</button> <a href="/">Stay signed in</a></p>
</form>
</main>
</body>
</html>
`,
  };
}
