import { html } from "./html.ts";
import { card, hidden, layout, wayOn } from "./layout.ts";
import type { AccountView } from "./views.ts";

/** Who is signed in at this browser, where they belong, and the way to end it everywhere. */
export function accountPage(view: AccountView): string {
  const { applicationName, name, email, organizations, note } = view;
  const content = html`<h1>Your account</h1>
<p class="lead">${name ? html`<strong>${name}</strong>, ` : ""}<strong>${email}</strong></p>
${note ? html`<p class="fix">${note}</p>` : ""}
<h2 class="part">Organizations</h2>
${
  organizations.length === 0
    ? html`<p class="hint">You are not a member of an organization.</p>`
    : html`<ul class="scopes">${organizations.map((each) => html`<li>${each.name}<code>${each.code}</code></li>`)}</ul>`
}
${wayOn(view)}
<form method="post" action="${view.action}">
${hidden(view.fields)}
<p class="hint">This ends your sign-ins in every browser and application, this one too.</p>
<p class="actions"><button type="submit" class="quiet">Sign out everywhere</button></p>
</form>`;
  return layout({ title: "Your account", applicationName, content: card(applicationName, content) });
}
