/** A browser without scripts at an issuer: it keeps cookies, follows redirects and fills in forms. */
export interface IssuerPages {
  /** Goes through the issuer's pages until they lead elsewhere. @returns the address that they lead to */
  through(url: string): Promise<string>;
}

const MOST_STEPS = 20;

/** @param fields what the person types, by the names of the fields */
export function issuerPages(fields: Readonly<Record<string, string>>): IssuerPages {
  const cookies = new Map<string, string>();

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ accept: "text/html", ...(init.headers as Record<string, string>) });
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(cookie)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  return {
    async through(start) {
      const { origin } = new URL(start);
      let url = start;
      let response = await send(url);
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const location = response.headers.get("location");
        if (location !== null) {
          url = new URL(location, url).href;
          if (new URL(url).origin !== origin) return url;
          response = await send(url);
          continue;
        }
        const page = await response.text();
        const form = formOf(page);
        if (form === undefined)
          throw new Error(`no form at ${url} (${response.status}): ${page.slice(0, 2000)}`);
        url = new URL(form.action, url).href;
        response = await send(url, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded", origin },
          body: new URLSearchParams({ ...form.hidden, ...fields }).toString(),
        });
      }
      throw new Error(`no end of pages at ${url}`);
    },
  };
}

/** The first form of a page. */
function formOf(html: string): { action: string; hidden: Record<string, string> } | undefined {
  const form = /<form[^>]*>/.exec(html)?.[0];
  if (form === undefined) return undefined;
  const hidden = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
    attribute(input, "name"),
    attribute(input, "value"),
  ]);
  return { action: attribute(form, "action"), hidden: Object.fromEntries(hidden) };
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return value.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
