/** An issuer as it was configured. */
export interface IssuerAddress {
  /** As written, with a scheme put in front where there was none. It is what `iss` equals where no discovery says better. */
  readonly configured: string;
  /** The same as a normalised URL without its final slash. */
  readonly base: string;
}

/**
 * Reads the address of an issuer as people have it: with or without `https://`, with or without a final slash.
 *
 * @returns the address, or what is wrong with it as the end of a sentence
 */
export function readIssuerAddress(text: string): IssuerAddress | string {
  if (text !== text.trim() || text === "") return "is empty or has white space around it.";
  const address = text.replace(/\/\.well-known\/openid-configuration$/, "");
  // Nobody serves https on loopback, and `localhost:4300` is what a terminal prints.
  const configured = /^[a-z][a-z0-9+.-]*:\/\//i.test(address)
    ? address
    : `http${isLoopback(parse(`https://${address}`)) ? "" : "s"}://${address}`;
  const url = parse(configured);
  const problem =
    url === undefined
      ? "it is not a URL such as 'https://yourapp.kinde.com'."
      : (whyUnsafe(url) ?? (hasMore(url) ? "leave out what follows '?' or '#'." : undefined));
  return problem === undefined
    ? { configured, base: normalise(url as URL) }
    : `is '${text.slice(0, 100)}': ${problem}`;
}

/** Why keys must not be fetched from this URL, as a sentence, or `undefined` if they may. */
export function whyUnsafe(url: URL): string | undefined {
  if (url.username + url.password !== "") return "a name or password does not belong in it.";
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))
    ? undefined
    : "use https:// (http is accepted on localhost only).";
}

/** Whether two issuers are the same but for a final slash, and for how a URL may be written. */
export function sameAddress(a: string, base: string): boolean {
  return withoutSlash(a) === base || otherSpelling(a) === base;
}

/** The address in its one spelling; empty for what is no plain address. */
export function otherSpelling(text: string): string {
  const url = parse(text);
  return url === undefined || hasMore(url) || url.username + url.password !== "" ? "" : normalise(url);
}

export function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

export function isLoopback(url: URL | undefined): boolean {
  return /^(?:(?:.*\.)?localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(url?.hostname ?? "");
}

export function withoutSlash(text: string): string {
  return text.endsWith("/") ? text.slice(0, -1) : text;
}

function hasMore(url: URL): boolean {
  return url.search !== "" || url.hash !== "";
}

/** A URL in its one spelling, without final slash. */
function normalise(url: URL): string {
  return withoutSlash(url.origin + url.pathname);
}
