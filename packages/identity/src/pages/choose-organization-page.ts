import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { ChooseOrganizationView } from "./views.ts";

/** Asks which of one's organizations to sign in to: one button each. */
export function chooseOrganizationPage(view: ChooseOrganizationView): string {
  const { applicationName, email, organizations } = view;
  const content = html`<h1>Choose an organization</h1>
<p class="lead">${email ? html`<strong>${email}</strong> belongs to several.` : "You belong to several."} Where do you want to go?</p>
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
<ul class="choices">${organizations.map(
    ({ code, name }) =>
      html`<li><button type="submit" class="choice" name="organization" value="${code}"><span class="monogram" aria-hidden="true">${[...name.trim()][0]?.toUpperCase() ?? ""}</span><span class="choice-name">${name}</span></button></li>`,
  )}</ul>
</form>
<p class="aside">Not you? <a href="${view.switchHref}">Sign in as somebody else</a></p>`;
  return layout({
    title: "Choose an organization",
    applicationName,
    content: card(applicationName, content),
  });
}
