/** An issuer as it was configured. */
export interface IssuerAddress {
  /** As written, with a scheme put in front where there was none. It is what `iss` equals where no discovery says better. */
  readonly configured: string;
  /** The same as a normalised URL without its final slash. */
  readonly base: string;
}

const DISCOVERY = "/.well-known/openid-configuration";

/**
 * Reads the address of an issuer as people have it: with or without `https://`, with or without a final slash.
 *
 * @returns the address, or what is wrong with it as the end of a sentence
 */
export function readIssuerAddress(text: string): IssuerAddress | string {
  if (text !== text.trim() || text === "") return "is empty or has white space around it.";
  const address = text.endsWith(DISCOVERY) ? text.slice(0, -DISCOVERY.length) : text;
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  // Nobody serves https on loopback, and `localhost:4300` is what a terminal prints.
  const configured = bare
    ? `${isLoopback(parse(`https://${address}`)) ? "http" : "https"}://${address}`
    : address;
  const url = parse(configured);
  if (url === undefined) return `is ${quote(text)}, which is not a URL such as 'https://yourapp.kinde.com'.`;
  const problem = whyUnsafe(url);
  if (problem !== undefined) return `is ${quote(text)}: ${problem}`;
  if (url.search !== "" || url.hash !== "") return `is ${quote(text)}: leave out what follows '?' or '#'.`;
  return { configured, base: normalise(url) };
}

/** Why keys must not be fetched from this URL, as a sentence, or `undefined` if they may. */
export function whyUnsafe(url: URL): string | undefined {
  if (url.username !== "" || url.password !== "") return "a name or password does not belong in it.";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "it must start with https://.";
  return isLoopback(url) ? undefined : "http is accepted on localhost only: use https.";
}

/** Whether two issuers are the same but for a final slash, and for how a URL may be written. */
export function sameAddress(a: string, base: string): boolean {
  if (withoutSlash(a) === base) return true;
  const url = parse(a);
  return (
    url !== undefined &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    normalise(url) === base
  );
}

export function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

export function isLoopback(url: URL | undefined): boolean {
  if (url === undefined) return false;
  const host = url.hostname;
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/** A URL in its one spelling, without final slash. */
export function normalise(url: URL): string {
  return withoutSlash(`${url.origin}${url.pathname}`);
}

export function withoutSlash(text: string): string {
  return text.endsWith("/") ? text.slice(0, -1) : text;
}

function quote(text: string): string {
  return `'${text.slice(0, 100)}'`;
}
