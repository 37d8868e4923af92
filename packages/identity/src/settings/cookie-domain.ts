import type { AddressProblem } from "./settings-address.ts";
import type { SettingsProblem } from "./settings-error.ts";

/**
 * Endings under which strangers get names of their own, as far as they can be told without a list of all of them.
 * Browsers have that list, and refuse a cookie for any of its entries.
 */
const SHARED = [
  /^(ac|co|com|edu|gov|net|org|or|ne)\.[a-z]{2}$/,
  /^(vercel|netlify|fly|web|onrender|deno)\.(app|dev|com)$/,
  /^(github|gitlab|bitbucket)\.io$/,
  /^(pages|workers|r2)\.dev$/,
  /^(herokuapp|azurewebsites|firebaseapp|cloudfront|amazonaws|appspot|blogspot|ngrok|myshopify)\.(com|net|io)$/,
];

/** A domain that a cookie may be shared in: several labels, and not one that strangers share. */
export function cookieDomainProblem(domain: string): AddressProblem | null {
  const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  const named = new RegExp(`^(${label}\\.)+${label}$`).test(domain) && !/^[\d.]+$/.test(domain);
  if (!named || domain.length > 253 || SHARED.some((ending) => ending.test(domain))) {
    return {
      expected: "a domain of your own in small letters, without scheme, port and leading dot",
      fix: 'Write the domain that the server and the applications share, for example "example.com".',
    };
  }
  return null;
}

/** The server can set cookies for a domain that it is in, and for no other. */
export function foreignCookieDomain(issuer: string, domain: string | null): SettingsProblem[] {
  const { hostname } = new URL(issuer);
  if (domain === null || hostname === domain || hostname.endsWith(`.${domain}`)) return [];
  return [
    {
      path: "cookieDomain",
      found: JSON.stringify(domain),
      expected: `a domain that ${hostname} is in, because that is where the issuer is`,
      fix: "Leave it out when the applications are at the same host as the issuer, as on localhost.",
    },
  ];
}
