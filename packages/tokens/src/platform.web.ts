/** What differs between runtimes: this is for browsers and edge runtimes. */
export * from "./base64url.web.ts";
export * from "./signature.web.ts";
