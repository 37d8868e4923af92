/**
 * What is read of a request: a web-standard `Request`, or the request of Node, Express or Fastify. Nothing else of it
 * is touched, and no forwarded header is believed.
 */
export interface AuthRequest {
  readonly headers: HeaderReader | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** The part of `Headers` that is needed to read one. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** The part of `Headers` that is needed to write some. */
export interface HeaderWriter {
  append(name: string, value: string): void;
  set(name: string, value: string): void;
}

/** Where the cookies of an answer go: `Headers`, anything that has them, or Node's and Express's response. */
export type AuthResponse =
  | HeaderWriter
  | { readonly headers: HeaderWriter }
  | {
      appendHeader(name: string, value: string): unknown;
      setHeader(name: string, value: string): unknown;
    };

/** One header of a request; several of one name are joined. */
export function headerOf({ headers }: AuthRequest, name: string): string | undefined {
  if (typeof headers.get === "function") return (headers as HeaderReader).get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  return typeof value === "object" ? value.join(name === "cookie" ? "; " : ", ") : value;
}

/** Adds one `Set-Cookie` header to an answer, which no cache may then keep for somebody else. */
export function addCookie(response: AuthResponse, cookie: string): void {
  // Express's response has functions of the other names too, which do something else.
  if ("appendHeader" in response) {
    response.appendHeader("Set-Cookie", cookie);
    response.setHeader("Cache-Control", "private, no-store");
    return;
  }
  const headers = "headers" in response ? response.headers : response;
  headers.append("Set-Cookie", cookie);
  headers.set("Cache-Control", "private, no-store");
}
