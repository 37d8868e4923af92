/** HTML that may stand in a page as it is: the result of {@link html}. */
export interface Html {
  readonly markup: string;
}

/** What a template may hold: text is escaped, HTML is not, lists are put together, `false` and nothing vanish. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | false | null | undefined;

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text harmless in an element and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(render).join("");
}

/** A template whose values are escaped, so that nothing that people type becomes markup. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(render)) };
}

/**
 * An address for `href`: http, https, or a path of this server. Anything else (`javascript:` in the
 * metadata of a client, `//elsewhere`) is `null`.
 */
export function safeHref(address: string | null | undefined): string | null {
  if (!address) return null;
  if (/^\/(?![/\\])/.test(address)) return address;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}
