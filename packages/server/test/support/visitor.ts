import type { AuthRequest, LoginOptions, ServerAuth, Session, SignedIn } from "@hallpass/server";

/** A browser that is at the application: it keeps cookies and brings them along. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  /** The size of the Cookie header, in bytes. */
  cookieBytes(): number;
  request(path?: string): AuthRequest & { url: string };
  /** One request, in which something is done with the session; the cookies of its answer are kept. */
  visit<T>(work: (session: Session) => T | Promise<T>): Promise<T>;
  /** Begins a sign-in. @returns where the issuer sends the browser back to */
  leave(options?: LoginOptions): Promise<string>;
  /** Comes back from the issuer. */
  comeBack(answer: string): Promise<SignedIn>;
  signIn(options?: LoginOptions): Promise<SignedIn>;
  /** Takes up `Set-Cookie` values. */
  keep(cookies: readonly string[]): void;
}

/** @param atIssuer goes through the issuer's pages. Default: one redirect */
export function visitor(auth: ServerAuth, atIssuer: (url: string) => Promise<string> = redirectOf): Visitor {
  const cookies = new Map<string, string>();

  const self: Visitor = {
    cookies,
    cookieBytes: () => header().length,
    request: (path = "/") => ({ url: path, method: "GET", headers: { cookie: header() } }),
    async visit(work) {
      const session = await auth.session(self.request());
      try {
        return await work(session);
      } finally {
        self.keep(session.cookies);
      }
    },
    leave: async (options) => await atIssuer(await self.visit((session) => session.getLoginUrl(options))),
    comeBack: (answer) => self.visit((session) => session.completeSignIn(answer)),
    signIn: async (options) => await self.comeBack(await self.leave(options)),
    keep(values) {
      for (const value of values) {
        const [pair = "", ...attributes] = value.split("; ");
        const at = pair.indexOf("=");
        if (attributes.includes("Max-Age=0")) cookies.delete(pair.slice(0, at));
        else cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
    },
  };

  function header(): string {
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  return self;
}

/** Where an address redirects to. */
export async function redirectOf(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`${new URL(url).pathname} answered with ${response.status}`);
  return location;
}

/** The code of the error that something fails with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}
