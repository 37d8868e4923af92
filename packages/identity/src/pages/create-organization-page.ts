import { alert, field } from "./field.ts";
import { html } from "./html.ts";
import { card, hidden, layout } from "./layout.ts";
import type { CreateOrganizationView } from "./views.ts";

/** Asks for the name of a new organization. */
export function createOrganizationPage(view: CreateOrganizationView): string {
  const { applicationName, name, error } = view;
  const content = html`<h1>Create an organization</h1>
<p class="lead">to continue to ${applicationName}</p>
${error ? alert("form-error", error) : ""}
<form method="post" action="${view.action}"${error ? html` aria-describedby="form-error"` : ""}>
${hidden({ csrf: view.csrf })}
${field({ name: "name", label: "Name", type: "text", autocomplete: "organization", value: name ?? "", maxLength: 100, autofocus: true })}
<p class="actions"><button type="submit">Create</button></p>
</form>`;
  return layout({
    title: "Create an organization",
    applicationName,
    content: card(applicationName, content),
  });
}
