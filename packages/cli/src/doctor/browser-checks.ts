import { getDomain } from "tldts";
import { type Finding, findingsOf } from "./finding.ts";
import { isLoopback, parseUrl, type Subject } from "./subject.ts";

const { ok, problem, warning, skipped } = findingsOf("browser");

/** What a browser makes of these addresses together. Nothing is asked over the network. */
export function checkBrowser(subject: Subject, issuer: string): Finding[] {
  if (subject.appOrigin === undefined) return [skipped("browser", "no address of the pages was given")];
  const app = new URL(subject.appOrigin);
  const findings: Finding[] = [];
  if (app.protocol === "http:" && !isLoopback(app)) {
    findings.push(
      problem("app_insecure", {
        found: `pages at ${app.origin}`,
        expected: "https: browsers give no cryptography to other pages",
        fix: `Serve them at https://${app.host}, or on localhost while you develop.`,
      }),
    );
  }
  for (const [name, address] of [
    ["redirect URI", subject.redirectUri],
    ["logout address", subject.postLogoutRedirectUri],
  ] as const) {
    if (address === undefined || new URL(address).origin === app.origin) continue;
    findings.push(
      problem("redirect_origin", {
        found: `the ${name} ${address} and pages at ${app.origin}`,
        expected: "one origin: a sign-in that ends elsewhere is lost",
        fix: `Use a ${name} at ${app.origin}.`,
      }),
    );
  }
  if (
    subject.api &&
    app.protocol === "https:" &&
    subject.api.protocol === "http:" &&
    !isLoopback(subject.api)
  ) {
    findings.push(
      problem("mixed_content", {
        found: `pages at ${app.origin} that call ${subject.api.origin}`,
        expected: "https for both: browsers block the call",
        fix: `Serve the API at https://${subject.api.host}.`,
      }),
    );
  }
  const authority = parseUrl(issuer);
  if (authority) findings.push(cookieFinding(app, authority));
  return findings;
}

/** Whether the issuer's cookies reach it from the pages, which is what survives a reload without a redirect. */
function cookieFinding(app: URL, issuer: URL): Finding {
  if (isLoopback(app) && isLoopback(issuer) && app.hostname !== issuer.hostname) {
    return problem("cookies", {
      found: `pages at ${app.hostname}, the issuer at ${issuer.hostname}`,
      expected: "one name: to a browser these are two sites, and its cookies are kept apart",
      fix: `Open the pages at ${app.protocol}//${issuer.hostname}${app.port ? `:${app.port}` : ""}.`,
    });
  }
  if (app.protocol === issuer.protocol && siteOf(app) === siteOf(issuer)) {
    return ok("cookies", `the pages and the issuer are one site (${siteOf(app)})`);
  }
  return warning("cookies", {
    found: `the pages are of the site ${siteOf(app)}, the issuer of ${siteOf(issuer)}`,
    expected: "one site, so that the issuer's cookies reach it and a reload needs no redirect",
    fix: `Give the issuer a custom domain under ${siteOf(app)}, or let a server of yours hold the tokens.`,
  });
}

/** Two subdomains of a public suffix (`vercel.app`) are two sites. */
function siteOf(url: URL): string {
  return getDomain(url.hostname, { allowPrivateDomains: true }) ?? url.hostname;
}
