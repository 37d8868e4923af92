import { PASSWORD_MIN_LENGTH } from "../credentials/password-policy.ts";
import { alert, field } from "./field.ts";
import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { RegisterField, RegisterView } from "./views.ts";

const LABELS: Record<RegisterField, string> = {
  givenName: "First name",
  familyName: "Last name",
  email: "E-mail",
  password: "Password",
};
const FIELDS = Object.keys(LABELS) as RegisterField[];

/** Asks for names, e-mail and a password, and sums up above the form what has to be mended. */
export function registerPage(view: RegisterView): string {
  const { applicationName, invitedTo, errors = {} } = view;
  const wrong = FIELDS.filter((name) => errors[name]);
  const firstWrong = wrong[0];
  const focus = (name: RegisterField) => (firstWrong ?? "givenName") === name;
  const summary =
    errors.form || wrong.length > 0
      ? alert(
          "form-error",
          html`${errors.form ? html`<p>${errors.form}</p>` : ""}${
            wrong.length > 0
              ? html`<p>Please look at:</p><ul>${wrong.map((name) => html`<li><a href="#${name}">${LABELS[name]}</a></li>`)}</ul>`
              : ""
          }`,
        )
      : "";
  const content = html`<h1>Create an account</h1>
<p class="lead">${invitedTo ? html`You were invited to <strong>${invitedTo}</strong>. Create an account to join.` : `to continue to ${applicationName}`}</p>
${summary}
<form method="post" action="${view.action}"${summary ? html` aria-describedby="form-error"` : ""}>
${hidden({ csrf: view.csrf })}
<div class="pair">
${field({ name: "givenName", label: LABELS.givenName, type: "text", autocomplete: "given-name", value: view.givenName ?? "", maxLength: 100, error: errors.givenName, autofocus: focus("givenName") })}
${field({ name: "familyName", label: LABELS.familyName, type: "text", autocomplete: "family-name", value: view.familyName ?? "", maxLength: 100, error: errors.familyName, autofocus: focus("familyName") })}
</div>
${field({ name: "email", label: LABELS.email, type: "email", autocomplete: "username", value: view.email ?? "", maxLength: 254, error: errors.email, autofocus: focus("email"), fixed: view.emailFixed ?? false })}
${field({ name: "password", label: LABELS.password, type: "password", autocomplete: "new-password", error: errors.password, autofocus: focus("password"), hint: `At least ${PASSWORD_MIN_LENGTH} characters. A few words in a row are easy to remember and hard to guess; spaces are welcome.` })}
<p class="actions"><button type="submit">${invitedTo ? "Create account and join" : "Create account"}</button></p>
</form>
<p class="aside">Already have an account? <a href="${view.signInHref}">Sign in</a></p>`;
  return layout({
    title: "Create an account",
    failed: summary !== "",
    applicationName,
    content: card(applicationName, content),
  });
}
