import { alert, field } from "./field.ts";
import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { SignInView } from "./views.ts";

/** Asks for e-mail and password. */
export function signInPage(view: SignInView): string {
  const { applicationName, email, error, invitedTo } = view;
  const described = error ? { describedBy: "form-error" } : {};
  const content = html`<h1>Sign in</h1>
<p class="lead">${invitedTo ? html`You were invited to <strong>${invitedTo}</strong>. Sign in to join.` : `to continue to ${applicationName}`}</p>
${error ? alert("form-error", error) : ""}
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
${field({ name: "email", label: "E-mail", type: "email", autocomplete: "username", value: email ?? "", maxLength: 254, autofocus: !email, fixed: view.emailFixed ?? false, ...described })}
${field({ name: "password", label: "Password", type: "password", autocomplete: "current-password", autofocus: Boolean(email), ...described })}
<p class="actions"><button type="submit">${invitedTo ? "Sign in and join" : "Sign in"}</button></p>
</form>
<p class="aside">New here? <a href="${view.registerHref}">Create an account</a></p>`;
  return layout({
    title: "Sign in",
    failed: Boolean(error),
    applicationName,
    content: card(applicationName, content),
  });
}
