import { html, safeHref } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { AcceptInvitationView, RefusedInvitationView } from "./views.ts";

/** Asks somebody who is signed in whether they want to join. Opening the page changes nothing. */
export function acceptInvitationPage(view: AcceptInvitationView): string {
  const { applicationName, organizationName, email, accepted } = view;
  const title = accepted ? `You have joined ${organizationName}` : `Join ${organizationName}`;
  const content = html`<h1>${title}</h1>
<p class="lead">${
    accepted
      ? html`You accepted this invitation before, as <strong>${email}</strong>.`
      : html`You were invited to <strong>${organizationName}</strong>. You would join as <strong>${email}</strong>.`
  }</p>
<form method="post" action="${view.action}">
${hidden({ csrf: view.csrf })}
<p class="actions"><button type="submit">${accepted ? "Continue" : "Join"}</button>${
    accepted
      ? ""
      : html`<button type="submit" class="quiet" formaction="${view.withoutAction}">Continue without joining</button>`
  }</p>
</form>
<p class="aside">Not you? <a href="${view.switchHref}">Sign in as somebody else</a></p>`;
  return layout({ title, applicationName, content: card(applicationName, content) });
}

const REASONS: Record<RefusedInvitationView["refusal"], { title: string; message: string; fix: string }> = {
  unknown: {
    title: "This invitation is not valid",
    message: "The link may be incomplete: some mail programs break long lines.",
    fix: "Copy the whole link into the address line, or ask for a new invitation.",
  },
  used: {
    title: "This invitation was used already",
    message: "Each invitation is good for one person, once.",
    fix: "If it was you, sign in: you are a member. Otherwise ask for a new one.",
  },
  expired: {
    title: "This invitation has expired",
    message: "Invitations are good for some days only.",
    fix: "Ask the people who sent it for a new one.",
  },
  revoked: {
    title: "This invitation was taken back",
    message: "The people who sent it have revoked it.",
    fix: "If you think that this is a mistake, ask them for a new one.",
  },
  other_email: {
    title: "This invitation is for somebody else",
    message: "It can only be accepted with the e-mail address that it was made for.",
    fix: "Sign in with that address, or ask for an invitation to yours.",
  },
};

/** Says why an invitation leads nowhere, and how to go on without it. */
export function refusedInvitationPage(view: RefusedInvitationView): string {
  const { applicationName, refusal, email, invitedEmail } = view;
  const { title, message, fix } = REASONS[refusal];
  const signInLabel = refusal === "other_email" ? "Sign in as somebody else" : "Sign in";
  const back = safeHref(view.returnHref);
  const leadsToSignIn = refusal === "other_email" || (refusal === "used" && !email);
  const content = html`<h1>${title}</h1>
<p class="lead">${message}${invitedEmail ? html` It is for <strong>${invitedEmail}</strong>.` : ""}${
    email && invitedEmail ? html` You are signed in as <strong>${email}</strong>.` : ""
  }</p>
<p class="fix">${fix}</p>
<form method="post" action="${view.withoutAction}">
${hidden({ csrf: view.csrf })}
<p class="actions">${leadsToSignIn ? html`<a class="button" href="${view.switchHref}">${signInLabel}</a>` : ""}<button type="submit"${leadsToSignIn ? html` class="quiet"` : ""}>Continue without the invitation</button></p>
</form>
${back ? html`<p class="aside"><a href="${back}">${view.returnLabel ?? "Back"}</a></p>` : ""}
<p class="aside detail"><code>invitation_${refusal}</code> · HTTP 403</p>`;
  return layout({ title, applicationName, content: card(applicationName, content) });
}
