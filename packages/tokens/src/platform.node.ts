/** What differs between runtimes: this is for Node. */
export * from "./base64url.node.ts";
export * from "./signature.node.ts";
