import type { Application } from "../access/index.ts";
import { errorPage, sessionExpiredPage } from "../pages/index.ts";
import { homeOf } from "../provider/client-registration.ts";
import type { ClosedSignIn } from "../provider/closed-sign-in.ts";
import type { ProviderProblem } from "../provider/configuration.ts";

/** The page for a request that was refused before anything looked at it. */
export function refusedRequestPage(description: string): string {
  return errorPage({
    title: "This sign-in cannot go on",
    message: sentence(description),
    fix: "Go back to the application and start again. If it happens again, tell the people who run it.",
    code: "invalid_request",
    status: 400,
  });
}

/** The page for whoever begins sign-ins faster than people do. */
export function tooManyStartsPage(): string {
  return errorPage({
    title: "Too many sign-ins were begun from here",
    message: "Many sign-ins were started from your network within a minute, so this one has to wait.",
    fix: "Please wait a moment, then start again in the application.",
    code: "too_many_starts",
    status: 429,
  });
}

interface Explanation {
  title: string;
  message: string;
  fix?: string;
}

/** Where an error page leads: back to the application, if one is known. */
export function wayBack(application: Application | undefined): {
  applicationName?: string;
  returnHref?: string;
  returnLabel?: string;
} {
  const home = application && homeOf(application);
  return application && home
    ? { applicationName: application.name, returnHref: home, returnLabel: `Back to ${application.name}` }
    : {};
}

/** The page for a sign-in that cannot go on. `host` is the one whose cookies it needs. */
export function closedSignInPage({ state, application }: ClosedSignIn, host: string): string {
  const back = wayBack(application);
  if (state !== "cookie_missing") return sessionExpiredPage(back);
  return errorPage({
    title: "The browser did not send a cookie back",
    message:
      "Signing in needs a cookie of this address, and it did not come back. Cookies may be blocked, or the page was opened in another browser than the one that began.",
    fix: `Allow cookies for ${host}, then start again.`,
    code: "cookie_missing",
    status: 400,
    ...back,
  });
}

/** Whom a page is for, and where it stands. */
export interface PageAudience {
  host: string;
  /** In development a page may repeat what the application sent; the public sees nothing that a link's maker wrote. */
  forDevelopers: boolean;
}

/** The page for what went wrong at the provider: what happened, what to do about it, and the way on. */
export function problemPage(problem: ProviderProblem, audience: PageAudience): string {
  if (problem.signIn) return closedSignInPage(problem.signIn, audience.host);
  return errorPage({
    ...explain(problem, audience),
    ...wayBack(problem.application),
    code: problem.code,
    status: problem.status,
  });
}

function explain(
  { kind, code, description, status, redirectUri }: ProviderProblem,
  { forDevelopers }: PageAudience,
): Explanation {
  if (kind === "InvalidRedirectUri") {
    return {
      title: "This address is not registered",
      message:
        "The application asked to return to an address that is not one of its redirect URIs. You were not sent there.",
      fix: forDevelopers
        ? `For developers: the application sent ${printedUrl(redirectUri)}. Add exactly that to its redirectUris in hallpass.config.ts, or open the application at an address that stands there.`
        : "For developers: add the redirect URI exactly as the application sends it to redirectUris of the application in hallpass.config.ts.",
    };
  }
  if (code === "invalid_client") {
    return {
      title: "This application is not known here",
      message: "The address that you followed names an application that is not registered.",
      fix: "For developers: compare the client id with the applications in hallpass.config.ts.",
    };
  }
  if (code === "invalid_target") {
    return { title: "This API is not known here", message: sentence(description) };
  }
  if (status >= 500) {
    return {
      title: "Something went wrong here",
      message: "The sign-in could not be completed, and it is not your fault. Please try again in a moment.",
    };
  }
  return {
    title: "This sign-in cannot go on",
    message: sentence(description ?? "The request was not understood"),
    fix: "Go back to the application and start again. If it happens again, tell the people who run it.",
  };
}

/** Shown as the URL parser writes it: free text of whoever made the link has no place on this page. */
function printedUrl(value: unknown): string {
  const url = typeof value === "string" && value.length <= 200 ? URL.parse(value) : null;
  if (url === null) return "no URL as its redirect URI";
  return `${value}/` === url.href ? String(value) : url.href;
}

function sentence(text: string | undefined): string {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return "The request was not understood.";
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
