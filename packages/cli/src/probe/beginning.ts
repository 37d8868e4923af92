import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable, withoutTokens } from "../terminal.ts";
import { type Answer, type Exchange, isSilence, type Silence, type Target } from "./exchange.ts";

/** Nothing can be told about this API; neither that it is right nor that it is wrong. */
function undecided(code: string, message: string, fix: string): CliError {
  return new CliError(code, message, { fix, exitCode: exitCodes.undecided });
}

/**
 * Looks at the answer to a request without a token: whether there is an API, and whether it is protected.
 *
 * @returns whether the route is open to everyone
 * @throws {CliError} when this is nothing that can be probed
 */
export function isOpen(target: Target, exchange: Exchange): boolean {
  if (isSilence(exchange)) throw silent(target, exchange);
  const { status, contentType } = exchange;
  const where = `${target.method} ${shown(target.url)}`;
  if (status >= 300 && status < 400) throw redirect(where, target, exchange);
  if (status === 404 || status === 405 || status === 501) {
    throw undecided(
      "route_unknown",
      `${where} is answered with ${status}: there is no such route.`,
      "name a route that needs a token: its path with --path /books, its method with --method POST.",
    );
  }
  if (status >= 500) {
    throw undecided(
      "api_failing",
      `${where} is answered with ${status}, also without any token: the API itself is in trouble.`,
      "look into its log, mend that, and probe again.",
    );
  }
  const success = status >= 200 && status < 300;
  if (success && /^text\/html\b/i.test(contentType)) {
    throw undecided(
      "not_an_api",
      `${where} is answered with a web page. That is the front end or a proxy, not an API.`,
      "give the address of the API itself, such as http://localhost:4301/books.",
    );
  }
  return success;
}

/**
 * Looks at the answer to a good token: without one that is accepted, a refusal shows nothing.
 *
 * @param trust what the API has to be told to accept it
 * @throws {CliError} when it was not accepted
 */
export function requireAccepted(target: Target, exchange: Exchange, trust: string): void {
  if (isSilence(exchange)) throw silent(target, exchange);
  const { status } = exchange;
  if (status >= 200 && status < 300) return;
  const where = `${target.method} ${shown(target.url)}`;
  if (status >= 300 && status < 400) throw redirect(where, target, exchange);
  const reason = reasonOf(exchange);
  if (status === 403) {
    throw undecided(
      "good_token_forbidden",
      `${where} knows the good token, but does not let it do this (403).${reason}`,
      "give it what the route asks for, with --permission or --scope, or probe another route.",
    );
  }
  if (status === 401) {
    throw undecided("good_token_refused", `${where} refuses a good token (401).${reason}`, trust);
  }
  if (status === 503 || status === 429) {
    throw undecided(
      "api_unavailable",
      `${where} answers a good token with ${status}.${reason}`,
      status === 503
        ? `is the issuer there for the API too? ${trust}`
        : "probe where requests are not limited.",
    );
  }
  throw undecided(
    "good_token_unanswered",
    `${where} answers a good token with ${status}, not with success, so a refusal would show nothing.${reason}`,
    'make it a request that succeeds: --method, --path, --body \'{"title":"Emma"}\', --header.',
  );
}

function silent(target: Target, { silence }: Silence): CliError {
  const where = target.url.host;
  const sentence = {
    refused: `Nothing listens at ${where}.`,
    unknown_host: `There is no host ${target.url.hostname}.`,
    timeout: `${where} did not answer within ${target.timeout / 1000} seconds.`,
    closed: `${where} closed the connection without an answer.`,
    tls: `The certificate of ${where} is not trusted.`,
    unknown: `${where} cannot be reached.`,
  }[silence];
  const fix =
    silence === "tls"
      ? "trust it with NODE_EXTRA_CA_CERTS=ca.pem, or probe the API behind the proxy that has it."
      : "start the API and give its address, such as http://localhost:4301/books.";
  return undecided("api_unreachable", sentence, fix);
}

function redirect(where: string, target: Target, { status, location }: Answer): CliError {
  const to = location === undefined ? "" : addressOf(location, target.url);
  return undecided(
    "api_redirects",
    `${where} redirects (${status})${to === "" ? "" : ` to ${to}`}. It is not followed: a token must not be sent to where an answer says.`,
    "give the address that the API really has. If that is a sign-in page, this is a web page and not an API.",
  );
}

/** Where to, without a query, which may hold anything. */
function addressOf(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? shown(new URL(location, base)) : "";
}

/** An address as it may be shown: its query may hold secrets. */
export function shown(url: URL): string {
  return printable(withoutTokens(url.origin + url.pathname));
}

/** What the API says about it, from its challenge or its JSON. */
function reasonOf({ challenge, text }: Answer): string {
  const described = /error_description="([^"]*)"/.exec(challenge ?? "")?.[1] ?? descriptionIn(text);
  if (described === undefined || described === "") return "";
  return ` It says: ${printable(withoutTokens(described.slice(0, 300)))}`;
}

function descriptionIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return undefined;
    const facts = body as Record<string, unknown>;
    return [facts.error_description, facts.detail, facts.message].find((fact) => typeof fact === "string");
  } catch {
    return undefined;
  }
}
