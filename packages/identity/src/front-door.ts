import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPanel, EndpointFault } from "./control/controls.ts";
import { sourceOf } from "./credentials/source.ts";
import type { Database } from "./database/index.ts";
import { developmentAnswer } from "./development-host.ts";
import type { Face } from "./faces/index.ts";
import type { ServerRoute } from "./pages-server.ts";
import { normaliseAuthorizationRequest, only } from "./provider/authorization-request.ts";
import type {
  AuthenticatedClient,
  ClientAuthentication,
  ClientRefusal,
} from "./provider/client-authentication.ts";
import { originsOf } from "./provider/client-registration.ts";
import { formOfJson, isForm, isJson, readBody, withBody } from "./provider/forwarded-request.ts";
import { looksLikeJwt } from "./provider/introspection.ts";
import { parameterProblem } from "./provider/request-limits.ts";
import { setSecurityHeaders } from "./provider/security-headers.ts";
import type { StartLimit } from "./provider/start-limit.ts";
import type { TokenEndpoint } from "./provider/token-endpoint.ts";

export interface FrontDoorOptions {
  /** Scheme, host and port of this server, without a final slash. */
  address: string;
  mode: "development" | "production";
  db: Database;
  face: Face;
  tokenEndpoint: TokenEndpoint;
  /** The OpenID provider. */
  provider: RequestListener;
  /** Everything else: pages, userinfo, health. */
  pages: RequestListener;
  /** Whether `X-Forwarded-For` is left for the pages to read. */
  trustProxy: boolean;
  panel: ControlPanel | undefined;
  /** Looks for keys that other processes have made, before the key set goes out. */
  refreshKeys: () => Promise<void>;
  clients: ClientAuthentication;
  introspect: (client: AuthenticatedClient) => Promise<Record<string, unknown>>;
  /** `Set-Cookie` values that remove the refresh cookie of an application whose page at this origin revokes. */
  forgetRefreshCookie: (form: URLSearchParams, origin: string | undefined) => Promise<string | undefined>;
  renderProblem: (description: string) => { html: string; policy: string };
  /** The page for whoever begins too many sign-ins. */
  renderTooMany: () => { html: string; policy: string };
  /** How often a sign-in may be begun from one source; as often as one likes if not given. */
  startLimit: StartLimit | undefined;
  /** Told where each request comes from, and what it says of that. */
  lookForProxy: (peer: string | undefined, forwardedFor: unknown) => void;
  onServerError: (error: unknown, path: string) => void;
}

type Endpoint = (request: IncomingMessage, response: ServerResponse, query: string) => Promise<void> | void;

const JWKS = "/.well-known/jwks";
const PLAIN_PATH = /^\/[\w./-]*$/;
const NOWHERE = "/not-found";

/** The one place where an address carries somebody's text: the key of a permission may need escapes. */
const KEYED_PATH = /^\/account_api\/v1\/(permission|entitlement)\/([\w.~:!$'()*,;=@+-]|%[0-9a-f]{2})+$/i;
const RESUME_PATH = "/oauth2/auth/:uid";
const RESUME = /^\/oauth2\/auth\/[\w-]{1,64}$/;

export interface FrontDoor {
  listener: RequestListener;
  /** The addresses that do not belong to the pages. */
  routes: readonly ServerRoute[];
}

/**
 * What every request meets first. It decides what the provider sees: only paths in their exact form, a Host and
 * a scheme that are this server's whatever the request says, and parameters within bounds.
 */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { address, db, face, panel, provider, pages } = options;
  const { host, protocol } = new URL(address);
  const aliases = new Map(Object.entries(face.aliases));

  const endpoints = new Map<string, Partial<Record<string, Endpoint>>>([
    ["/oauth2/auth", { GET: authorize, POST: authorizeByForm }],
    ["/oauth2/token", { POST: exchange, OPTIONS: forward }],
    ["/oauth2/revoke", { POST: revoke, OPTIONS: forward }],
    ["/oauth2/introspect", { POST: introspect, OPTIONS: forward }],
    [JWKS, { GET: keys, HEAD: keys, OPTIONS: forward }],
    [`${JWKS}.json`, { GET: keys, HEAD: keys, OPTIONS: keys }],
    ["/.well-known/openid-configuration", { GET: discovery, HEAD: discovery, OPTIONS: forward }],
    ["/.well-known/oauth-authorization-server", { GET: discovery, HEAD: discovery, OPTIONS: forward }],
  ]);

  const routes = [...endpoints, [RESUME_PATH, { GET: forward }] as const].flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method, path })),
  );
  return { routes, listener };

  function listener(request: IncomingMessage, response: ServerResponse): void {
    const { url = "/" } = request;
    const asked = url.split("?", 1)[0] as string;
    const path = aliases.get(asked) ?? asked;
    if (path !== asked) request.url = path + url.slice(asked.length);
    enter(request, response, path, url.slice(asked.length + 1)).catch((error: unknown) => {
      // The browser left in the middle of its request: nobody's fault, and nobody to answer.
      if (request.destroyed && !request.complete) return;
      options.onServerError(error, path);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: "server_error", error_description: "something went wrong here" });
    });
  }

  async function enter(request: IncomingMessage, response: ServerResponse, path: string, query: string) {
    setSecurityHeaders(response, address);
    // Every address here is plain text: in another spelling it would pass the checks below and still be found.
    if (!PLAIN_PATH.test(path) && !KEYED_PATH.test(path)) request.url = NOWHERE;
    if (options.mode === "development") {
      const answer = developmentAnswer(request, path, address);
      if (answer) {
        response.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      }
    }
    if (!options.trustProxy) {
      options.lookForProxy(request.socket.remoteAddress, request.headers["x-forwarded-for"]);
    }
    ownHeaders(request);
    const methods = endpoints.get(path) ?? (RESUME.test(path) ? { GET: forward } : undefined);
    if (!methods) return pages(request, response);
    const endpoint = methods[request.method ?? ""];
    if (endpoint) return await endpoint(request, response, query);
    response.setHeader("allow", Object.keys(methods).join(", "));
    sendJson(response, 405, { error: "invalid_request", error_description: "this method is not used here" });
  }

  /** Nothing behind this line follows a Host or forwarding header of the request. */
  function ownHeaders(request: IncomingMessage): void {
    for (const name of Object.keys(request.headers)) {
      const keep = name === "x-forwarded-for" && options.trustProxy;
      if (name === "forwarded" || (name.startsWith("x-forwarded-") && !keep)) delete request.headers[name];
    }
    request.headers.host = host;
    request.headers["x-forwarded-proto"] = protocol.slice(0, -1);
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    provider(request as Parameters<RequestListener>[0], response as Parameters<RequestListener>[1]);
  }

  async function authorize(request: IncomingMessage, response: ServerResponse, query: string) {
    const parameters = new URLSearchParams(query);
    const problem = parameterProblem(parameters);
    if (problem) return sendProblem(response, problem);
    const wait = options.startLimit?.admit(sourceOf(remoteAddressOf(request)));
    if (wait !== undefined) {
      response.setHeader("retry-after", String(wait));
      return sendPage(response, 429, options.renderTooMany());
    }
    request.url = `/oauth2/auth?${await normaliseAuthorizationRequest(db, face, parameters)}`;
    forward(request, response);
  }

  /**
   * A form leads to the same request as a link (OpenID Connect Core section 3.1.2.1): a cross-site POST carries
   * no session cookie, and the GET that follows does.
   */
  async function authorizeByForm(request: IncomingMessage, response: ServerResponse) {
    const form = await formOf(request, response);
    if (!form) return;
    response.writeHead(303, { location: `${address}/oauth2/auth?${form}` }).end();
  }

  async function exchange(request: IncomingMessage, response: ServerResponse) {
    if (panel) panel.requests.token += 1;
    if (await failed(request, response, panel?.controls.token)) return;
    const client = await clientOf(request, response);
    if (!client) return;
    const prepared = await options.tokenEndpoint.prepare(request, client);
    if ("error" in prepared) return sendRefusal(request, response, { ...client, ...prepared });
    const forwarded = withBody(request, prepared.form.toString());
    // A browser that follows its own Accept header would get a page.
    forwarded.headers.accept = "application/json";
    prepared.remember(forwarded);
    forward(forwarded, response);
  }

  async function revoke(request: IncomingMessage, response: ServerResponse) {
    const client = await clientOf(request, response);
    if (!client) return;
    const cookie = await options.forgetRefreshCookie(client.form, request.headers.origin);
    if (cookie) response.appendHeader("set-cookie", cookie);
    forward(withBody(request, client.form.toString()), response);
  }

  async function introspect(request: IncomingMessage, response: ServerResponse) {
    const client = await clientOf(request, response);
    if (!client) return;
    const { form } = client;
    if (!looksLikeJwt(only(form, "token"))) return forward(withBody(request, form.toString()), response);
    sendJson(response, 200, await options.introspect(client));
  }

  async function keys(request: IncomingMessage, response: ServerResponse) {
    if (panel) panel.requests.jwks += 1;
    if (await failed(request, response, panel?.controls.jwks)) return;
    await options.refreshKeys();
    request.url = JWKS;
    forward(request, response);
  }

  function discovery(request: IncomingMessage, response: ServerResponse) {
    if (panel) panel.requests.discovery += 1;
    forward(request, response);
  }

  /** The application that sends a form, once it has shown who it is; otherwise the request has been answered. */
  async function clientOf(request: IncomingMessage, response: ServerResponse) {
    const form = await formOf(request, response);
    if (!form) return undefined;
    const client = await options.clients.authenticate(request, form);
    // The application's own credentials go no further.
    delete request.headers.authorization;
    if (!("error" in client)) return client;
    sendRefusal(request, response, client);
    return undefined;
  }

  function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: ClientRefusal): void {
    const { status, error, description, headers, application } = refusal;
    const { origin } = request.headers;
    if (origin && application && originsOf(application).includes(origin) && panel?.controls.cors !== false) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-allow-credentials", "true");
      response.setHeader("vary", "Origin");
    }
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
    sendJson(response, status, { error, error_description: description });
  }

  /** The form of a request, within bounds; otherwise the request has been answered. */
  async function formOf(request: IncomingMessage, response: ServerResponse) {
    const json = face.jsonRequests && isJson(request);
    if (!json && !isForm(request)) {
      sendJson(response, 400, {
        error: "invalid_request",
        error_description: "send the parameters as application/x-www-form-urlencoded",
      });
      return undefined;
    }
    const body = await readBody(request);
    const form = json ? formOfJson(body) : new URLSearchParams(body);
    const problem =
      body === "too_large"
        ? "the request is too large"
        : form === undefined
          ? "the JSON must be one object of texts, numbers and booleans"
          : parameterProblem(form);
    if (problem === undefined) return form;
    if (body === "too_large") response.setHeader("connection", "close");
    sendJson(response, body === "too_large" ? 413 : 400, {
      error: "invalid_request",
      error_description: problem,
    });
    return undefined;
  }

  function sendProblem(response: ServerResponse, description: string): void {
    sendPage(response, 400, options.renderProblem(description));
  }

  /** Where a request comes from: behind a proxy, the last address that this one has added. */
  function remoteAddressOf(request: IncomingMessage): string {
    const forwarded = request.headers["x-forwarded-for"];
    const last = options.trustProxy
      ? String(forwarded ?? "")
          .split(",")
          .at(-1)
          ?.trim()
      : undefined;
    return last || (request.socket.remoteAddress ?? "");
  }

  function sendPage(response: ServerResponse, status: number, page: { html: string; policy: string }): void {
    const { html, policy } = page;
    response
      .writeHead(status, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
      .end(html);
  }

  /** Whether the development controls have answered instead. */
  async function failed(
    request: IncomingMessage,
    response: ServerResponse,
    fault: EndpointFault | null | undefined,
  ): Promise<boolean> {
    if (!fault) return false;
    if (fault.delay) await sleep(fault.delay);
    if (fault.status === undefined && !fault.html) return false;
    const { origin } = request.headers;
    if (origin && panel?.controls.cors) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-allow-credentials", "true");
    }
    request.resume();
    const status = fault.status ?? 502;
    if (fault.html) {
      response.writeHead(status, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    } else {
      sendJson(response, status, { error: "server_error", error_description: "as the controls demand" });
    }
    return true;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
