import { type Html, html } from "./html.ts";

export interface FieldOptions {
  name: string;
  label: string;
  type: "text" | "email" | "password";
  /** What password managers and browsers fill in. */
  autocomplete: string;
  value?: string;
  hint?: string;
  error?: string;
  /** The field that the cursor starts in. */
  autofocus?: boolean;
  maxLength?: number;
  /** Id of something else that describes the field: the message above a form that concerns all of it. */
  describedBy?: string;
  optional?: boolean;
  /** Whether it can be read and not be changed. */
  fixed?: boolean;
}

/** A labelled input; its hint and its error are tied to it, so that screen readers say them with it. */
export function field(options: FieldOptions): Html {
  const { name, label, type, error, hint } = options;
  const described = [hint && `${name}-hint`, error && `${name}-error`, options.describedBy]
    .filter(Boolean)
    .join(" ");
  return html`<div class="field${error ? " invalid" : ""}">
<label for="${name}">${label}${options.optional ? html` <span class="optional">optional</span>` : ""}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${options.autocomplete}"${type === "email" ? html` inputmode="email" autocapitalize="none" spellcheck="false"` : ""}${
    options.value !== undefined && type !== "password" ? html` value="${options.value}"` : ""
  }${options.maxLength ? html` maxlength="${options.maxLength}"` : ""}${options.optional ? "" : html` required`}${
    described ? html` aria-describedby="${described}"` : ""
  }${error ? html` aria-invalid="true"` : ""}${options.fixed ? html` readonly` : ""}${options.autofocus ? html` autofocus` : ""}>
${error ? html`<p class="field-error" id="${name}-error">${error}</p>` : ""}
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ""}
</div>`;
}

/** What went wrong, above the form that names it in its `aria-describedby`. */
export function alert(id: string, content: Html | string): Html {
  return html`<div class="alert" id="${id}">${content}</div>`;
}
