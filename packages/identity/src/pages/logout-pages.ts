import { html } from "./html.ts";
import { card, hidden, layout, wayOn } from "./layout.ts";
import type { LogoutConfirmView, SignedOutView } from "./views.ts";

/** Asks before signing out, when another site may have sent the browser here. */
export function logoutConfirmPage(view: LogoutConfirmView): string {
  const { applicationName, email } = view;
  const content = html`<h1>Sign out?</h1>
<p class="lead">${
    email
      ? html`You are signed in as <strong>${email}</strong>. Do you want to sign out?`
      : applicationName
        ? `You are about to sign out of ${applicationName}.`
        : "You are about to sign out."
  }</p>
<form method="post" action="${view.action}">
${hidden(view.fields)}
<p class="actions"><button type="submit" name="logout" value="yes">Sign out</button><button type="submit" class="quiet">Stay signed in</button></p>
</form>`;
  return layout({ title: "Sign out", applicationName, content: card(applicationName, content) });
}

/** Says that the person is signed out. */
export function signedOutPage(view: SignedOutView): string {
  const content = html`<h1>You are signed out</h1>
<p class="lead">On a shared computer, close the browser as well.</p>
${wayOn(view)}`;
  return layout({
    title: "Signed out",
    applicationName: view.applicationName,
    content: card(view.applicationName, content),
  });
}
