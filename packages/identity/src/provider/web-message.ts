import { createHash } from "node:crypto";
import type { KoaContextWithOIDC } from "oidc-provider";
import { originsOf } from "./client-registration.ts";

/** Hands the answer to the page that has this one in a frame, and to no other: the browser compares the origin. */
const SCRIPT = `
const { origin, message } = JSON.parse(document.getElementById("answer").textContent);
if (window.parent !== window) window.parent.postMessage(message, origin);
`;

const SCRIPT_HASH = createHash("sha256").update(SCRIPT).digest("base64");

/** What would end the data block, or be read as markup. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * Answers an authorization request with a page for a hidden frame, which sends the answer to the application's page
 * around it (`response_mode=web_message`). Only the client's own origins may have it in a frame.
 */
export function answerByWebMessage(
  ctx: KoaContextWithOIDC,
  redirectUri: string,
  response: Record<string, unknown>,
): void {
  const frames = originsOf({ redirectUris: [...(ctx.oidc.client?.redirectUris ?? [])] });
  ctx.status = 200;
  ctx.type = "html";
  ctx.remove("x-frame-options");
  ctx.set(
    "content-security-policy",
    `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors ${frames.join(" ")}`,
  );
  const answer = {
    origin: new URL(redirectUri).origin,
    message: { type: "authorization_response", response },
  };
  const data = JSON.stringify(answer).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  ctx.body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in</title></head>
<body><script id="answer" type="application/json">${data}</script><script>${SCRIPT}</script></body>
</html>
`;
}
