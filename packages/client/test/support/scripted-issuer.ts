import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to the next answers of an endpoint. */
export type Trouble = number | "hang" | "html" | "drop" | "lose" | "redirect" | "huge";

interface Grant {
  sub: string;
  nonce?: string | undefined;
  challenge?: string | undefined;
  orgCode?: string | undefined;
}

/** An OpenID provider that does as it is told: correct by default, wrong in one way at a time. */
export interface ScriptedIssuer {
  readonly url: string;
  /** Who is signed in at the issuer, if anybody. */
  session: string | undefined;
  /** Whether asking for the page signs `person` in. */
  person: string;
  cookieMode: boolean;
  givesRefreshToken: boolean;
  expiresIn: number | undefined;
  /** Merged over the discovery document; `undefined` takes a member away. */
  discovery: Record<string, unknown>;
  /** Merged over the ID token's claims. */
  idToken: Record<string, unknown>;
  /** Merged over the access token's claims. */
  accessToken: Record<string, unknown>;
  /** The error that the authorization endpoint answers with. */
  refusal: string | undefined;
  /** Merged over the parameters of the authorization response. */
  response: Record<string, string | undefined>;
  trouble: { discovery?: Trouble | undefined; token?: Trouble | undefined };
  headers: Record<string, string>;
  /** Every request so far, by path. */
  readonly requests: { path: string; query: URLSearchParams; form: URLSearchParams }[];
  count(path: string, grantType?: string): number;
  /** Makes every refresh token worthless. */
  revokeAll(): void;
  close(): Promise<void>;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function jwt(claims: Record<string, unknown>): string {
  const input = `${encode({ alg: "RS256", kid: "1", typ: "JWT" })}.${encode(claims)}`;
  return `${input}.${sign("RSA-SHA256", Buffer.from(input), privateKey).toString("base64url")}`;
}

export async function startIssuer(): Promise<ScriptedIssuer> {
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();
  const hanging = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.destroy(error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  const issuer: ScriptedIssuer = {
    url,
    session: undefined,
    person: "reader-1",
    cookieMode: true,
    givesRefreshToken: true,
    expiresIn: 3600,
    discovery: {},
    idToken: {},
    accessToken: {},
    refusal: undefined,
    response: {},
    trouble: {},
    headers: {},
    requests: [],
    count: (path, grantType) =>
      issuer.requests.filter(
        (seen) => seen.path === path && (!grantType || seen.form.get("grant_type") === grantType),
      ).length,
    revokeAll: () => refreshTokens.clear(),
    async close() {
      for (const response of hanging) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function tokens(grant: Grant, clientId: string): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    const refreshToken = randomUUID();
    if (issuer.givesRefreshToken) refreshTokens.set(refreshToken, { ...grant, nonce: undefined });
    const life = issuer.expiresIn ?? 3600;
    return {
      access_token: jwt({
        iss: url,
        sub: grant.sub,
        iat: now,
        exp: now + life,
        jti: randomUUID(),
        permissions: ["create:books"],
        roles: [{ id: "1", key: "librarian", name: "Librarian" }],
        org_code: grant.orgCode ?? "org_1",
        feature_flags: { dark: { t: "b", v: true }, theme: { t: "s", v: "pink" } },
        ...issuer.accessToken,
      }),
      id_token: jwt({
        iss: url,
        sub: grant.sub,
        aud: clientId,
        iat: now,
        exp: now + 3600,
        ...(grant.nonce && { nonce: grant.nonce }),
        email: `${grant.sub}@example.com`,
        given_name: "Ada",
        family_name: "Reader",
        org_codes: ["org_1", "org_2"],
        ...issuer.idToken,
      }),
      refresh_token: issuer.givesRefreshToken ? refreshToken : undefined,
      token_type: "bearer",
      expires_in: issuer.expiresIn,
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", url);
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const origin = request.headers.origin;
    if (origin) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-allow-credentials", "true");
      response.setHeader("access-control-expose-headers", "retry-after");
    }
    for (const [name, value] of Object.entries(issuer.headers)) response.setHeader(name, value);
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    if (request.method === "OPTIONS") return json(200, {});
    issuer.requests.push({ path, query, form });

    const kind = path === "/token" ? "token" : path.startsWith("/.well-known/") ? "discovery" : undefined;
    const trouble = kind && issuer.trouble[kind];
    if (trouble === "hang") return void hanging.add(response);
    if (trouble === "drop") return void response.destroy();
    if (trouble === "html")
      return void response.writeHead(200, { "content-type": "text/html" }).end("<p>Wi-Fi");
    if (trouble === "redirect") return void response.writeHead(307, { location: `${url}/elsewhere` }).end();
    if (trouble === "huge") return void response.end(JSON.stringify({ issuer: url, pad: "x".repeat(1e6) }));
    if (typeof trouble === "number") return json(trouble, { error: "server_error" });

    if (path === "/.well-known/openid-configuration") {
      return json(200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        end_session_endpoint: `${url}/end`,
        revocation_endpoint: `${url}/revoke`,
        jwks_uri: `${url}/keys`,
        scopes_supported: ["openid", "profile", "email", "offline"],
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ["RS256"],
        ...(issuer.cookieMode && { refresh_token_transports_supported: ["body", "cookie"] }),
        ...issuer.discovery,
      });
    }

    if (path === "/authorize") {
      const back = new URL(query.get("redirect_uri") ?? "");
      const answer: Record<string, string | undefined> = { state: query.get("state") ?? "", iss: url };
      if (issuer.refusal)
        Object.assign(answer, { error: issuer.refusal, error_description: "said the test" });
      else if (query.get("prompt") === "none" && !issuer.session) answer.error = "login_required";
      else {
        issuer.session ??= issuer.person;
        answer.code = randomUUID();
        codes.set(answer.code, {
          sub: issuer.session,
          nonce: query.get("nonce") ?? undefined,
          challenge: query.get("code_challenge") ?? undefined,
          orgCode: query.get("org_code") ?? undefined,
        });
      }
      for (const [name, value] of Object.entries({ ...answer, ...issuer.response })) {
        if (value !== undefined) back.searchParams.set(name, value);
      }
      return void response.writeHead(302, { location: back.href }).end();
    }

    if (path === "/token") {
      const inCookie = form.get("refresh_token_transport") === "cookie";
      const cookie = /(?:^|; )refresh=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
      const [key, store] =
        form.get("grant_type") === "refresh_token"
          ? [inCookie ? cookie : form.get("refresh_token"), refreshTokens]
          : [form.get("code"), codes];
      const grant = store.get(key ?? "");
      store.delete(key ?? "");
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (!grant || (store === codes && challenge !== grant.challenge)) {
        return json(400, { error: "invalid_grant", error_description: "unknown" });
      }
      const { refresh_token, ...rest } = tokens(grant, form.get("client_id") ?? "");
      if (inCookie) {
        response.setHeader("set-cookie", `refresh=${refresh_token}; HttpOnly; SameSite=Lax; Path=/token`);
      }
      if (trouble === "lose") {
        // Asking again within the grace gets the same successor.
        store.set(key ?? "", grant);
        issuer.trouble.token = undefined;
        return void response.destroy();
      }
      return json(200, inCookie ? rest : { ...rest, refresh_token });
    }

    if (path === "/end") {
      issuer.session = undefined;
      const target = query.get("post_logout_redirect_uri");
      response.setHeader("set-cookie", "refresh=; HttpOnly; Path=/token; Max-Age=0");
      if (target) return void response.writeHead(302, { location: target }).end();
      return void response.writeHead(200, { "content-type": "text/html" }).end("<p>Signed out</p>");
    }
    json(path === "/revoke" ? 200 : 404, {});
  }

  return issuer;
}
