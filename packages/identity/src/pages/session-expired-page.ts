import { html } from "./html.ts";
import { card, layout, wayOn } from "./layout.ts";
import type { SessionExpiredView } from "./views.ts";

/** Says that a sign-in can no longer be finished, and leads back to where it starts. */
export function sessionExpiredPage(view: SessionExpiredView): string {
  const content = html`<h1>This sign-in has expired</h1>
<p class="lead">The page was open for too long, or the sign-in was already finished in another tab. Nothing is lost: go back and start again.</p>
${wayOn({ returnLabel: view.applicationName ? `Back to ${view.applicationName}` : "Start again", ...view })}`;
  return layout({
    title: "Sign-in expired",
    applicationName: view.applicationName,
    content: card(view.applicationName, content),
  });
}
