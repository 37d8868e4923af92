import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBrowser } from "../test/browser.ts";
import {
  AUDIENCE,
  authorizationRequest,
  CLIENT_ID,
  PASSWORD,
  REDIRECT_URI,
  type RunningIdentity,
  startIdentity,
} from "../test/identity.ts";
import { rawRequest } from "../test/raw-request.ts";

let running: RunningIdentity;
let issuer: string;

beforeAll(async () => {
  running = await startIdentity();
  issuer = running.issuer;
});
afterAll(async () => {
  await running.identity.close();
});

/** A request whose Host and path are exactly as given. */
async function raw(path: string, headers: Record<string, string>, method = "GET") {
  return await rawRequest(issuer, path, { headers, method });
}

const FORGED = {
  host: "evil.example",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "https",
  "x-forwarded-port": "443",
  forwarded: "host=evil.example;proto=https",
};

describe("a forged Host or X-Forwarded header", () => {
  test("changes nothing in the discovery document", async () => {
    const { body } = await raw("/.well-known/openid-configuration", FORGED);
    expect(body).not.toContain("evil");
    expect(JSON.parse(body)).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/oauth2/token`,
      jwks_uri: `${issuer}/.well-known/jwks`,
      end_session_endpoint: `${issuer}/logout`,
    });
  });

  test("changes no page, no redirect and no cookie", async () => {
    const { pathname, search } = new URL(authorizationRequest(issuer).url);
    const answer = await raw(pathname + search, FORGED);
    expect(JSON.stringify(answer)).not.toContain("evil");
    expect(String(answer.headers["set-cookie"])).not.toContain("ecure");
    const page = await raw(String(answer.headers.location), {
      ...FORGED,
      cookie: (answer.headers["set-cookie"] as string[]).map((each) => each.split(";")[0]).join("; "),
    });
    expect(page.status).toBe(200);
    expect(JSON.stringify(page)).not.toContain("evil");
  });

  test("does not open development's own page, which a name on the web could be pointed at", async () => {
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]) {
      const answer = await raw("/", { host });
      expect(answer.status).toBe(403);
      expect(answer.body).not.toContain("ada@example.com");
    }
    expect((await raw("/", { host: new URL(issuer).host })).body).toContain("ada@example.com");
  });

  test.each(["/%2f", "/?/", "//", "/.", "/%5Fhallpass/control", "/_HALLPASS/control"])(
    "nor does another spelling of its address: %s",
    async (path) => {
      expect((await raw(path, { host: "evil.example" })).body).not.toContain("ada@example.com");
    },
  );
});

describe("development", () => {
  test("leads from 127.0.0.1 to localhost, because to a browser those are two sites", async () => {
    const { host } = new URL(issuer);
    const answer = await raw("/?a=b", { host: host.replace("localhost", "127.0.0.1"), accept: "text/html" });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe(`${issuer}/?a=b`);
  });

  test("lets programs use 127.0.0.1 all the same", async () => {
    const answer = await raw("/.well-known/jwks", { host: "127.0.0.1" });
    expect(answer.status).toBe(200);
  });

  test("shows its users, applications and APIs on its page", async () => {
    const page = await createBrowser().open(`${issuer}/`);
    for (const text of ["ada@example.com", CLIENT_ID, REDIRECT_URI, AUDIENCE, "create:books"]) {
      expect(page.html).toContain(text);
    }
  });
});

const HOSTILE: [string, string][] = [
  ["markup", '"><script>alert(1)</script>'],
  ["a line break", "a\r\nset-cookie: x=y"],
  ["NUL", "a\0b"],
  ["8 kB", "x".repeat(8_000)],
  ["a JavaScript address", "javascript:alert(1)"],
  ["another address", "https://evil.example/"],
  ["a network path", "//evil.example"],
  ["an object's name", "__proto__"],
  ["JSON", '{"$ne":null}'],
  ["half a character", "%E0%A4"],
  ["a template", "{{7*7}}<%= 7*7 %>"],
];
const AUTHORIZATION_PARAMETERS = [
  "client_id",
  "response_type",
  "redirect_uri",
  "scope",
  "audience",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "prompt",
  "max_age",
  "response_mode",
  "login_hint",
  "id_token_hint",
  "org_code",
  "org_name",
  "is_create_org",
  "invitation_code",
  "is_invitation",
  "start_page",
  "resource",
  "claims",
  "request",
  "request_uri",
  "acr_values",
  "ui_locales",
];

describe("hostile parameters", () => {
  test.each(AUTHORIZATION_PARAMETERS)("%s of the authorization endpoint", async (name) => {
    for (const [title, value] of HOSTILE) {
      const url = new URL(authorizationRequest(issuer).url);
      url.searchParams.set(name, value);
      const page = await createBrowser().open(url.href);
      const what = `${name} = ${title}`;
      expect(page.status, what).toBeLessThan(500);
      expect(page.html, what).not.toContain("<script>");
      expect(page.headers.get("set-cookie") ?? "", what).not.toContain("x=y");
      if (page.leftFor) expect(page.leftFor.origin, what).toBe(new URL(REDIRECT_URI).origin);
    }
  });

  test.each([...AUTHORIZATION_PARAMETERS.slice(0, 9), "org_code", "is_create_org", "invitation_code"])(
    "%s twice is refused",
    async (name) => {
      const url = new URL(authorizationRequest(issuer).url);
      if (!url.searchParams.has(name)) url.searchParams.set(name, "org_bookstore");
      url.searchParams.append(name, "https://evil.example/");
      const page = await createBrowser().open(url.href);
      if (page.leftFor)
        expect(page.leftFor.searchParams.get("error")).toBe(
          name === "audience" ? "invalid_target" : "invalid_request",
        );
      else expect(page.status).toBe(400);
      expect(page.leftFor?.host).not.toBe("evil.example");
    },
  );

  test("of the token, revocation and introspection endpoints", { timeout: 90_000 }, async () => {
    const names = [
      "grant_type",
      "client_id",
      "code",
      "redirect_uri",
      "code_verifier",
      "refresh_token",
      "scope",
      "token",
      "audience",
      "refresh_token_transport",
      "client_secret",
      "client_assertion",
    ];
    for (const path of ["/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"]) {
      for (const name of names) {
        for (const [title, value] of HOSTILE) {
          const form = new URLSearchParams({
            grant_type: "refresh_token",
            client_id: CLIENT_ID,
            refresh_token: "x",
            token: "x",
          });
          form.set(name, value);
          const response = await fetch(issuer + path, { method: "POST", body: form });
          const text = await response.text();
          const what = `${path} ${name} = ${title}: ${text}`;
          expect(response.status, what).toBeLessThan(500);
          expect(text, what).not.toContain("<script>");
          expect(text, what).not.toContain("evil.example");
        }
        const twice = `grant_type=refresh_token&client_id=${CLIENT_ID}&token=x&refresh_token=x&${name}=a&${name}=b`;
        const response = await fetch(issuer + path, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: twice,
        });
        expect(response.status, `${path} ${name} twice`).toBeLessThan(500);
      }
    }
  });

  test("of the sign-in and registration forms", { timeout: 90_000 }, async () => {
    const browser = createBrowser();
    const signInPage = await browser.open(authorizationRequest(issuer).url);
    const registerPage = await browser.open(`${signInPage.url}/register`);
    const values = [...HOSTILE.map(([, value]) => value), "x".repeat(50_000), "😀".repeat(500), "\u202Eevil"];
    for (const page of [signInPage, registerPage]) {
      for (const name of ["email", "password", "givenName", "familyName"]) {
        // Any of these may well be somebody's new password.
        if (page === registerPage && name === "password") continue;
        for (const value of values) {
          const fields = {
            email: "x@example.com",
            password: "short",
            givenName: "A",
            familyName: "B",
            [name]: value,
          };
          const answer = await browser.submit(page, fields);
          expect(answer.status, `${name} = ${value.slice(0, 20)}`).toBeLessThan(500);
          expect(answer.html).not.toContain("<script>alert");
          expect(answer.leftFor).toBeUndefined();
        }
      }
    }
  });

  test("a body of 100 kB is too large", async () => {
    const body = `client_id=${"x".repeat(100_000)}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    for (const path of [
      "/oauth2/token",
      "/oauth2/revoke",
      "/oauth2/introspect",
      "/oauth2/auth",
      "/oauth2/par",
      "/oauth2/device/auth",
      "/device",
      "/logout",
    ]) {
      const response = await fetch(issuer + path, { method: "POST", headers, body });
      expect(response.status, path).toBe(413);
    }
    const { port } = new URL(issuer);
    const header = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(`GET /oauth2/auth?x=${"x".repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
      );
      socket.once("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.on("error", () => {});
    });
    expect(header).toMatch(/^HTTP\/1\.1 431/);
  });

  test("what is no form is refused as such", async () => {
    for (const [type, body] of [
      ["application/json", "{}"],
      ["text/plain", "a=b"],
      ["multipart/form-data; boundary=x", "--x--"],
    ]) {
      for (const path of ["/oauth2/token", "/oauth2/par", "/oauth2/device/auth", "/device"]) {
        const response = await fetch(issuer + path, {
          method: "POST",
          headers: { "content-type": type as string },
          body: body as string,
        });
        expect(response.status, path).toBe(400);
        expect(await response.json()).toMatchObject({ error: "invalid_request" });
      }
    }
  });

  test("methods that are not used are 405, addresses that are not there 404", async () => {
    expect((await fetch(`${issuer}/oauth2/token`)).status).toBe(405);
    expect((await fetch(`${issuer}/oauth2/auth`, { method: "DELETE" })).status).toBe(405);
    for (const path of [
      "/admin",
      "/OAUTH2/token",
      "/oauth2/token/",
      "/.env",
      "/interaction",
      "/oauth2/auth/x/y",
    ]) {
      const response = await fetch(issuer + path, { method: "POST", body: new URLSearchParams({ a: "b" }) });
      expect(response.status, path).toBe(404);
    }
    const page = await createBrowser().open(`${issuer}/nowhere`);
    expect(page.status).toBe(404);
    expect(page.html).toContain("There is nothing here");
  });

  test("a request that is broken off is nobody's error", async () => {
    const { port } = new URL(issuer);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => {
        const head = "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n";
        socket.write(`${head}content-type: application/x-www-form-urlencoded\r\n\r\ngrant_type=`);
        setTimeout(() => socket.destroy(), 100);
      });
      socket.once("close", () => setTimeout(resolve, 100));
    });
    expect((await fetch(`${issuer}/healthz`)).status).toBe(200);
  });

  test("left no error of the server behind, and no password anywhere", () => {
    expect(running.events.filter(({ type }) => type === "server_error")).toEqual([]);
    expect(JSON.stringify(running.events)).not.toContain(PASSWORD);
  });
});
