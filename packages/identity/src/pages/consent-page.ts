import { type Html, html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { ConsentView } from "./views.ts";

const KNOWN_SCOPES: Record<string, string> = {
  openid: "Know that it is you",
  profile: "See your name and picture",
  email: "See your e-mail address",
  offline: "Keep you signed in",
  offline_access: "Keep you signed in",
};

/** What is asked for, in words, with the scopes that stand for it. */
export function scopeList(scopes: ConsentView["scopes"]): Html {
  return html`<ul class="scopes">${scopes.map(
    (scope) =>
      html`<li><span>${scope.description ?? KNOWN_SCOPES[scope.key] ?? "Use this scope"}</span> <code>${scope.key}</code></li>`,
  )}</ul>`;
}

/** Asks whether an application may have what it wants. */
export function consentPage(view: ConsentView): string {
  const { applicationName, email, scopes } = view;
  const content = html`<h1>${applicationName} asks for access</h1>
<p class="lead">You are signed in as <strong>${email}</strong>. If you allow it, ${applicationName} can:</p>
${scopeList(scopes)}
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
<p class="actions"><button type="submit" name="decision" value="allow">Allow</button><button type="submit" class="quiet" name="decision" value="deny">Deny</button></p>
</form>
<p class="aside">Afterwards you return to <strong>${view.redirectHost}</strong>.</p>`;
  return layout({ title: "Access", applicationName, content: card(applicationName, content) });
}
