import { request } from "node:http";

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly cookies: readonly string[];
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the test expects of it
  json(): any;
}

/** A browser at a running application: it keeps cookies, and says what a browser says of where a request comes from. */
export interface Browser {
  readonly cookies: Map<string, string>;
  /** Sends a request with just these headers, and the cookies. */
  send(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
  /** Goes to a page, by default by a link of the application's own pages. */
  visit(path: string, site?: string): Promise<Answer>;
  /** What a script of the application's own page asks. */
  fetch(path: string, method?: string): Promise<Answer>;
}

/** @param origin where the browser believes to be */
export function browserAt(port: number, origin: string): Browser {
  const cookies = new Map<string, string>();

  async function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await exchange(port, method, path, { ...headers, ...(cookie && { cookie }) }, body);
    for (const value of answer.cookies) {
      const [pair = "", ...attributes] = value.split("; ");
      const at = pair.indexOf("=");
      if (attributes.includes("Max-Age=0")) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  return {
    cookies,
    send,
    visit: (path, site = "same-origin") =>
      send("GET", path, {
        accept: "text/html,application/xhtml+xml,*/*;q=0.8",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "sec-fetch-site": site,
      }),
    fetch: (path, method = "GET") =>
      send(method, path, {
        accept: "*/*",
        "sec-fetch-mode": "cors",
        "sec-fetch-site": "same-origin",
        ...(method !== "GET" && { origin }),
      }),
  };
}

function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, method, path, agent: false, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const { "set-cookie": set = [], ...others } = incoming.headers;
        resolve({
          status: incoming.statusCode ?? 0,
          location: incoming.headers.location,
          headers: others as Record<string, string>,
          cookies: set,
          body: text,
          json: () => JSON.parse(text),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
