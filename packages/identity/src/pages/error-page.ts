import { html } from "./html.ts";
import { card, layout, wayOn } from "./layout.ts";
import type { ErrorView } from "./views.ts";

/** Says what went wrong, what to do about it, and leads on. */
export function errorPage(view: ErrorView): string {
  const content = html`<h1>${view.title}</h1>
<p class="lead">${view.message}</p>
${view.fix ? html`<p class="fix">${view.fix}</p>` : ""}
${wayOn(view)}
<p class="aside detail">${view.code ? html`<code>${view.code}</code> · ` : ""}HTTP ${view.status}</p>`;
  return layout({
    title: view.title,
    applicationName: view.applicationName,
    content: card(view.applicationName, content),
  });
}
