/** A browser without scripts: cookies by path, redirects followed by hand, forms read from the page. */
export interface Browser {
  /** Sends one request and follows no redirect. */
  send(url: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects as long as they stay at the origin of `url`. */
  open(url: string, init?: RequestInit): Promise<Page>;
  /** Posts the first form of a page with these fields filled in, and follows. */
  submit(page: Page, fields: Record<string, string>): Promise<Page>;
  /** Names and values of the cookies that would be sent to a URL. */
  cookiesFor(url: string): Map<string, string>;
  clearCookies(): void;
}

/** Where the browser has arrived: a page, or an address elsewhere. */
export interface Page {
  url: string;
  status: number;
  headers: Headers;
  html: string;
  /** Set when the last answer was a redirect to another origin. */
  leftFor: URL | undefined;
}

interface Cookie {
  name: string;
  value: string;
  path: string;
  expires: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface BrowserOptions {
  /** Whether whoever sits there takes the first organization where several are offered. Yes, if not given. */
  choosesOrganization?: boolean;
  /** Where a URL really is, for a server whose issuer is a name that nothing here resolves. */
  reach?: (url: string) => string;
}

export function createBrowser({
  choosesOrganization = true,
  reach = (url) => url,
}: BrowserOptions = {}): Browser {
  const cookies = new Map<string, Cookie>();

  function remember(response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
      const at = pair.indexOf("=");
      const of = (name: string) =>
        attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
      const maxAge = of("max-age");
      const expires = of("expires");
      const cookie: Cookie = {
        name: pair.slice(0, at),
        value: pair.slice(at + 1),
        path: of("path") ?? "/",
        expires:
          maxAge !== undefined
            ? Date.now() + Number(maxAge) * 1000
            : expires
              ? Date.parse(expires)
              : Number.POSITIVE_INFINITY,
      };
      cookies.set(`${cookie.name};${cookie.path}`, cookie);
    }
  }

  function cookiesFor(url: string): Map<string, string> {
    const { pathname } = new URL(url);
    const matching = [...cookies.values()].filter(
      ({ path, expires }) =>
        expires > Date.now() && (path === "/" || pathname === path || pathname.startsWith(`${path}/`)),
    );
    return new Map(matching.map(({ name, value }) => [name, value]));
  }

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookiesFor(url)].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = new Headers(init.headers);
    if (cookie) headers.set("cookie", cookie);
    const response = await fetch(reach(url), { ...init, headers, redirect: "manual" });
    remember(response);
    return response;
  }

  async function open(url: string, init: RequestInit = {}): Promise<Page> {
    const headers = new Headers(init.headers);
    if (!headers.has("accept")) headers.set("accept", "text/html");
    let current = url;
    let response = await send(current, { ...init, headers });
    while (REDIRECTS.has(response.status)) {
      await response.arrayBuffer();
      const next = new URL(response.headers.get("location") ?? "", current);
      if (next.origin !== new URL(url).origin) {
        return { url: current, status: response.status, headers: response.headers, html: "", leftFor: next };
      }
      current = next.href;
      response = await send(current, { headers: { accept: "text/html" } });
    }
    const page: Page = {
      url: current,
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      leftFor: undefined,
    };
    const [first] = choosesOrganization ? organizationsOn(page) : [];
    return first === undefined ? page : await submit(page, { organization: first });
  }

  async function submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const form = formOf(page.html);
    const action = new URL(form.action, page.url).href;
    return await open(action, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: new URL(page.url).origin,
      },
      body: new URLSearchParams({ ...form.hidden, ...fields }),
    });
  }

  return {
    send,
    open,
    cookiesFor,
    clearCookies: () => cookies.clear(),
    submit,
  };
}

/** The codes that a page offers to choose from; none if it is another page. */
export function organizationsOn({ html }: Pick<Page, "html">): string[] {
  return [...html.matchAll(/<button[^>]* name="organization" value="([^"]*)"/g)].map(([, code = ""]) => code);
}

/** The action and hidden fields of the first form in a page. */
export function formOf(html: string): { action: string; hidden: Record<string, string> } {
  const action = /<form[^>]*\baction="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`There is no form in: ${html.slice(0, 2000)}`);
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return {
    action: decode(action),
    hidden: Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, decode(value)])),
  };
}

function decode(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
