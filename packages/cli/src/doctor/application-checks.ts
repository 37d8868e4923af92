import { type Answer, answered, ask } from "./ask.ts";
import { corsFound, readableBy } from "./cors.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { IssuerFacts } from "./issuer-checks.ts";
import { parseUrl, type Subject } from "./subject.ts";

const { ok, problem, warning, skipped } = findingsOf("application");

/** SHA-256 of nothing in particular, as a code challenge has to look (RFC 7636 section 4.2). */
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** Errors that say that nobody is signed in, which a request for a silent sign-in from here always gets. */
const NOBODY_SIGNED_IN = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

/** Whether the application is registered as the pages will use it. Asks only what any browser may ask. */
export async function checkApplication(subject: Subject, facts: IssuerFacts): Promise<Finding[]> {
  const { clientId, redirectUri } = subject;
  if (clientId === undefined) return [skipped("client", "no client id was given")];
  if (redirectUri === undefined) {
    return [
      ...(await clientFindings(subject, facts, clientId)),
      skipped("redirect_uri", "no redirect URI was given"),
    ];
  }
  const client = await clientFindings(subject, facts, clientId);
  const unknown = client.some(({ code }) => code === "client_unknown");
  return [
    ...client,
    ...(unknown ? [] : await signInFindings(subject, facts, clientId, redirectUri)),
    ...(unknown ? [] : await signOutFindings(subject, facts, clientId)),
  ];
}

/** Asks for tokens with a code that is none: who the issuer knows, it tells that the code is wrong. */
async function clientFindings(subject: Subject, facts: IssuerFacts, clientId: string): Promise<Finding[]> {
  const { tokenEndpoint } = facts;
  if (!tokenEndpoint) return [skipped("client", "the issuer states no token endpoint that is safe to ask")];
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    code: "none",
    code_verifier: "hallpass-doctor-asks-with-a-code-that-is-none",
    redirect_uri: subject.redirectUri ?? "http://localhost",
  });
  const answer = await ask(tokenEndpoint, {
    body,
    headers: subject.appOrigin ? { origin: subject.appOrigin } : {},
  });
  if (!answered(answer)) {
    return [
      problem("token_endpoint", {
        found: `${tokenEndpoint.href} ${answer.reason}`,
        expected: "an answer",
        fix: "Check that the issuer is up, and that nothing stands before its token endpoint.",
      }),
    ];
  }
  const findings: Finding[] = [clientFinding(clientId, answer)];
  if (subject.appOrigin === undefined)
    findings.push(skipped("token_cors", "no address of the pages was given"));
  else if (readableBy(answer.headers, subject.appOrigin)) {
    findings.push(ok("token_cors", `pages of ${subject.appOrigin} may read the token endpoint's answers`));
  } else {
    findings.push(
      problem("token_cors", {
        found: `the token endpoint answers ${subject.appOrigin} with ${corsFound(answer.headers)}`,
        expected: `Access-Control-Allow-Origin: ${subject.appOrigin}`,
        fix: `Register ${subject.appOrigin} for this application at the issuer (allowed origins, web origins, or a redirect URI there).`,
      }),
    );
  }
  return findings;
}

function clientFinding(clientId: string, { status, json, headers }: Answer): Finding {
  const error = typeof json?.error === "string" ? json.error : "";
  const description = descriptionOf(json);
  // Google answers invalid_request where a secret is missing.
  const asksForSecret = headers.has("www-authenticate") || /secret|credential/i.test(description);
  if (error === "invalid_client" || status === 401 || (error === "invalid_request" && asksForSecret)) {
    return problem("client_unknown", {
      found: `the issuer does not let '${clientId.slice(0, 60)}' in without a secret${asksForSecret ? "" : ", or does not know it"}`,
      expected: "an application that needs no secret, because pages cannot keep one",
      fix: "Check the client id, and that the application is of the type single-page app (public, PKCE).",
    });
  }
  if (error === "unauthorized_client") {
    return problem("client_not_allowed", {
      found: `'${clientId.slice(0, 60)}' may not use the authorization code flow`,
      expected: "an application of the type single-page app",
      fix: "Allow the grant type authorization_code for it at the issuer.",
    });
  }
  if (error === "") {
    return warning("token_endpoint", {
      found: `the token endpoint answers with status ${status} and no OAuth error`,
      expected: "invalid_grant, because the code is none",
      fix: "Check that nothing stands before the token endpoint.",
    });
  }
  return ok("client", `the issuer knows '${clientId.slice(0, 60)}', and asks for no secret`);
}

async function signInFindings(
  subject: Subject,
  { authorizationEndpoint }: IssuerFacts,
  clientId: string,
  redirectUri: string,
): Promise<Finding[]> {
  if (!authorizationEndpoint) {
    return [skipped("redirect_uri", "the issuer states no authorization endpoint that is safe to ask")];
  }
  const plain = await authorize(authorizationEndpoint, clientId, redirectUri);
  const back = whereTo(plain, redirectUri);
  if (!back) return [redirectFinding(plain, redirectUri)];
  const findings: Finding[] = [ok("redirect_uri", `${redirectUri} is registered`)];
  const error = back.get("error") ?? "";
  if (error !== "" && !NOBODY_SIGNED_IN.has(error)) {
    findings.push(
      problem("sign_in_refused", {
        found: `the issuer refuses the sign-in: ${error.slice(0, 60)}${describe(back)}`,
        expected: "login_required, because nobody is signed in here",
        fix: "Mend what the issuer names, in the application's settings there.",
      }),
    );
    return findings;
  }
  if (subject.audience === undefined) findings.push(skipped("audience", "no audience was given"));
  else findings.push(await audienceFinding(subject.audience, authorizationEndpoint, clientId, redirectUri));
  return findings;
}

async function audienceFinding(
  audience: string,
  authorizationEndpoint: URL,
  clientId: string,
  redirectUri: string,
): Promise<Finding> {
  const answer = await authorize(authorizationEndpoint, clientId, redirectUri, audience);
  const back = whereTo(answer, redirectUri);
  const error = back?.get("error") ?? "";
  if (back && (error === "" || NOBODY_SIGNED_IN.has(error))) {
    return ok("audience", `'${audience.slice(0, 100)}' may be asked for`);
  }
  return problem("audience_unregistered", {
    found: back
      ? `the issuer refuses the audience '${audience.slice(0, 100)}': ${error.slice(0, 60)}${describe(back)}`
      : `with the audience '${audience.slice(0, 100)}' the issuer shows an error page`,
    expected: "an API of that audience, which this application may call",
    fix: `Register the API '${audience.slice(0, 100)}' at the issuer, allow this application to use it, and check the spelling: it is compared letter by letter.`,
  });
}

async function authorize(endpoint: URL, clientId: string, redirectUri: string, audience?: string) {
  const url = new URL(endpoint);
  const parameters = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    // Nothing is shown and nothing is begun: the answer comes back at once.
    prompt: "none",
    state: "hallpass-doctor",
    nonce: "hallpass-doctor",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...(audience === undefined ? {} : { audience }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return await ask(url);
}

/** The parameters of the answer, if it leads back to the application. */
function whereTo(answer: Awaited<ReturnType<typeof ask>>, redirectUri: string): URLSearchParams | undefined {
  if (!answered(answer) || answer.status < 300 || answer.status >= 400) return undefined;
  const target = parseUrl(answer.headers.get("location") ?? "");
  const wanted = new URL(redirectUri);
  if (!target || target.origin !== wanted.origin) return undefined;
  if (target.pathname.replace(/\/$/, "") !== wanted.pathname.replace(/\/$/, "")) return undefined;
  return new URLSearchParams(target.search || target.hash.slice(1));
}

function redirectFinding(answer: Awaited<ReturnType<typeof ask>>, redirectUri: string): Finding {
  if (!answered(answer)) {
    return problem("authorization_endpoint", {
      found: `the authorization endpoint ${answer.reason}`,
      expected: "an answer",
      fix: "Check that the issuer is up.",
    });
  }
  const target = parseUrl(answer.headers.get("location") ?? "");
  if (answer.status >= 300 && answer.status < 400 && target && !/error/i.test(target.href)) {
    return warning("redirect_uri_unclear", {
      found: `the issuer redirects to ${target.origin}${target.pathname.slice(0, 60)}`,
      expected: `back to ${redirectUri}, because prompt=none asks for no page`,
      fix: "Sign in once in a browser to see whether the redirect URI is registered.",
    });
  }
  return problem("redirect_uri_unregistered", {
    found: `the issuer does not send the browser back to ${redirectUri} (status ${answer.status})`,
    expected: "a registered redirect URI",
    fix: `Register exactly ${redirectUri} as a redirect URI (callback URL) of this application: scheme, port, path and final slash count.`,
  });
}

async function signOutFindings(
  { postLogoutRedirectUri }: Subject,
  { endSessionEndpoint }: IssuerFacts,
  clientId: string,
): Promise<Finding[]> {
  if (!endSessionEndpoint) {
    return [
      warning("logout", {
        found: "no end_session_endpoint",
        expected: "an address where a sign-out ends the issuer's session too",
        fix: "Switch RP-initiated logout on at the issuer; without it the next sign-in asks for no password.",
      }),
    ];
  }
  if (postLogoutRedirectUri === undefined)
    return [skipped("logout_uri", "no address for after the sign-out was given")];
  const url = new URL(endSessionEndpoint);
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("post_logout_redirect_uri", postLogoutRedirectUri);
  const answer = await ask(url);
  if (answered(answer) && answer.status < 400 && !leadsToError(answer)) {
    return [ok("logout_uri", `${postLogoutRedirectUri} may be returned to after the sign-out`)];
  }
  return [
    problem("logout_uri_unregistered", {
      found: answered(answer)
        ? `the issuer does not go to ${postLogoutRedirectUri} after the sign-out (status ${answer.status})`
        : `${endSessionEndpoint.href} ${answer.reason}`,
      expected: "a registered address",
      fix: `Register exactly ${postLogoutRedirectUri} as a logout URL (post-logout redirect URI) of this application.`,
    }),
  ];
}

/** Some issuers redirect to a page of theirs that says what is wrong. */
function leadsToError({ headers }: Answer): boolean {
  const target = parseUrl(headers.get("location") ?? "", "http://localhost");
  return target !== undefined && /error/i.test(target.pathname + target.search);
}

function describe(parameters: URLSearchParams): string {
  const text = parameters.get("error_description")?.slice(0, 200);
  return text ? ` (${text})` : "";
}

function descriptionOf(json: Answer["json"]): string {
  return typeof json?.error_description === "string" ? json.error_description : "";
}
