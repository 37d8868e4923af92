import { type Html, html, safeHref } from "./html.ts";

export interface LayoutOptions {
  /** Title of the tab. */
  title: string;
  applicationName?: string;
  content: Html;
  /** Whether the page says that a form was refused; the title begins with it, because that is what is read out first. */
  failed?: boolean;
  /** Wider than a form: for the development page. */
  wide?: boolean;
}

/** A whole document around the content of a page. */
export function layout({ title, applicationName, content, failed, wide }: LayoutOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${failed ? "Error: " : ""}${title}${applicationName ? ` – ${applicationName}` : ""}</title>
<link rel="icon" href="/assets/hallpass.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/hallpass.css">
</head>
<body${wide ? html` class="wide"` : ""}>
${content}
</body>
</html>
`.markup;
}

/** The card that forms and messages stand in, with the application's name above. */
export function card(applicationName: string | undefined, content: Html): Html {
  return html`<main class="stage">
${applicationName ? brand(applicationName) : ""}
<div class="card">
${content}
</div>
</main>`;
}

function brand(applicationName: string): Html {
  const initial = [...applicationName.trim()][0]?.toUpperCase() ?? "";
  return html`<p class="brand"><span class="monogram" aria-hidden="true">${initial}</span><span class="brand-name">${applicationName}</span></p>`;
}

/** The hidden fields of a form. */
export function hidden(fields: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** The link that leads on from a page without a form, where there is one that may be shown. */
export function wayOn(view: { returnHref?: string; returnLabel?: string }): Html {
  const href = safeHref(view.returnHref);
  return html`${href ? html`<p class="actions"><a class="button" href="${href}">${view.returnLabel ?? "Continue"}</a></p>` : ""}`;
}
