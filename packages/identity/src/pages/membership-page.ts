import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { MembershipView } from "./views.ts";

/**
 * Says that somebody is signed in, and not a member of what they want to go to. The same words for an organization
 * that does not exist: nobody learns here which ones do.
 */
export function membershipPage(view: MembershipView): string {
  const { applicationName, email, organizationWasNamed } = view;
  const title = organizationWasNamed
    ? "You are not a member of this organization"
    : "You do not belong to an organization";
  const content = html`<h1>${title}</h1>
<p class="lead">${email ? html`You are signed in as <strong>${email}</strong>.` : "You are signed in."} ${
    organizationWasNamed
      ? `${applicationName} asked for an organization that this account does not belong to.`
      : `${applicationName} is only for people who belong to one.`
  }</p>
<p class="fix">Sign in with the account that belongs to it, or ask the people who run it for an invitation.</p>
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
<p class="actions"><a class="button" href="${view.switchHref}">Sign in as somebody else</a><button type="submit" class="quiet">Back to ${applicationName}</button></p>
</form>
<p class="aside detail"><code>${organizationWasNamed ? "not_a_member" : "no_organization"}</code> · HTTP 403</p>`;
  return layout({ title, applicationName, content: card(applicationName, content) });
}
