/** What is wrong with an address, in the words of a settings problem. */
export interface AddressProblem {
  expected: string;
  fix: string;
}

/** Whether a host name can only be this machine. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}

const EXAMPLE = "http://localhost:4302";

function webAddressProblem(text: string): AddressProblem | null {
  if (text.includes("*")) {
    return { expected: "one exact address", fix: "Wildcards are not supported: list each address." };
  }
  if (!URL.canParse(text)) {
    return { expected: "an absolute URL", fix: `Write the whole address, for example "${EXAMPLE}".` };
  }
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    const missing = /^[a-z0-9.-]+:\d+/i.test(text) ? ` Did you mean "http://${text}"?` : "";
    return {
      expected: "a URL that begins with https:// or http://",
      fix: `Write the whole address.${missing}`,
    };
  }
  if (url.username !== "" || url.password !== "") {
    return { expected: "a URL without a user name or password", fix: "Remove what stands before the @." };
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return {
      expected: "https, because http is safe on this machine only (localhost)",
      fix: `Write "https://${url.host}${url.pathname === "/" ? "" : url.pathname}".`,
    };
  }
  return null;
}

/** A redirect URI is compared character by character, and has no fragment (RFC 6749 section 3.1.2). */
function redirectUriProblem(text: string): AddressProblem | null {
  const problem = webAddressProblem(text);
  if (problem) return problem;
  if (text.includes("#")) {
    return { expected: "a URL without #", fix: `Write "${text.slice(0, text.indexOf("#"))}".` };
  }
  return null;
}

/** Hosts whose port a native application does not know before it starts (RFC 8252 section 7.3). */
const LOOPBACK_HOSTS = ["127.0.0.1", "[::1]", "localhost"];

// RFC 8252 section 7.1: a domain name of the maker, turned round. The dot also keeps out `javascript:` and `data:`.
const PRIVATE_USE = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:\//;

/** Whether an address has a scheme that only a native application can answer. */
export function hasPrivateScheme(text: string): boolean {
  return PRIVATE_USE.test(text);
}

/** An address that an application of some type may return to. */
export function appAddressProblem(text: string): AddressProblem | null {
  if (!hasPrivateScheme(text)) return redirectUriProblem(text);
  if (/[#*\s]/.test(text) || !URL.canParse(text)) {
    return {
      expected: "a scheme and a path, without #, * and spaces",
      fix: 'Write an address like "com.example.app:/callback".',
    };
  }
  return null;
}

/** An address that a native application may return to, of those that pass {@link appAddressProblem}. */
export function nativeAddressProblem(text: string): AddressProblem | null {
  if (hasPrivateScheme(text)) return null;
  const { protocol, hostname, host } = new URL(text);
  const loopback = LOOPBACK_HOSTS.includes(hostname);
  if (protocol === "http:" && !loopback) {
    return {
      expected: `http on ${LOOPBACK_HOSTS.join(", ")} only`,
      fix: `Write "${text.replace(host, "127.0.0.1")}"; the port may be any.`,
    };
  }
  if (protocol === "https:" && loopback) {
    return {
      expected: "http for an address on the same machine",
      fix: `Write "${text.replace("https:", "http:")}".`,
    };
  }
  return null;
}

/** A link that people follow. */
export const linkProblem = webAddressProblem;

/** An issuer is an origin: scheme, host and port, without a final slash, because tokens carry it exactly as written. */
export function issuerProblem(text: string): AddressProblem | null {
  const problem = webAddressProblem(text);
  if (problem) return problem;
  const { origin } = new URL(text);
  return text === origin
    ? null
    : { expected: "scheme, host and port only, without a final slash", fix: `Write "${origin}".` };
}
