import type { AddressInfo } from "node:net";
import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import type { Explanation } from "@hallpass/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Book } from "../book.ts";
import { createApp } from "./app.ts";
import { type BookShelf, openShelf } from "./books.ts";
import { createHttpServer } from "./http-server.ts";

/** Every answer of the API has some of these; which ones is what the tests are about. */
interface AnswerBody {
  status?: string;
  code?: string;
  error_description?: string;
  fields?: Record<string, string>;
  data: { books: Book[]; book: Book; explanation: Explanation };
}

/** Mistakes that the guard notices in the header, before it takes a token out of it. */
const special: Record<string, [status: number, code: string]> = {
  bearer_prefix: [400, "authorization_malformed"],
  json_serialization: [400, "authorization_malformed"],
  too_large: [431, "token_too_large"],
};

const webOrigin = "http://localhost:4302";
const novel = { title: "The Waves", author: "Virginia Woolf", year: 1931 };

let issuer: TestIssuer;
let shelf: BookShelf;
let api: string;
let close: () => Promise<void>;

beforeAll(async () => {
  issuer = await createTestIssuer();
  shelf = openShelf(":memory:");
  ({ url: api, close } = await serve(issuer));
});

afterAll(async () => {
  await close();
  shelf.close();
  await issuer.close();
});

describe("GET /books", () => {
  it("answers the books to a good token", async () => {
    const answer = await get("/books", await issuer.token());
    expect(answer.status).toBe(200);
    expect(answer.body.data.books.length).toBeGreaterThanOrEqual(9);
    expect(answer.body.data.books).toContainEqual(
      expect.objectContaining({ title: "Middlemarch", author: "George Eliot", year: 1871, addedBy: null }),
    );
  });

  it("refuses a request without a token, and says how to send one", async () => {
    const answer = await get("/books");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(answer.body.code).toBe("token_missing");
  });

  it("refuses every bad token by its own code, and gives no piece of it back", async () => {
    for (const [name, bad] of Object.entries(issuer.badTokens)) {
      issuer.clock.advance(10); // unknown keys are looked up every few seconds only
      const token = await bad.make();
      const answer = await get("/books", token);
      expect([name, answer.status, answer.body.code]).toEqual([name, ...(special[name] ?? [401, bad.code])]);
      expectNoPieceOf(token, JSON.stringify([answer.body, [...answer.headers]]));
    }
  });

  it("refuses a token that says of nobody whose it is", async () => {
    const answer = await get("/books", await issuer.token({ claims: { sub: undefined } }));
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe("claim_invalid");
  });
});

describe("POST /books", () => {
  it("adds a book in the name of the token's subject", async () => {
    const answer = await post("/books", await bookseller(), { ...novel, blurb: "Six voices, one shore." });
    expect(answer.status).toBe(201);
    expect(answer.body.data.book).toMatchObject({ ...novel, addedBy: "kp_mina" });
    const { body } = await get("/books", await issuer.token());
    expect(body.data.books[0]).toEqual(answer.body.data.book);
  });

  it("refuses someone without create:books, names it, and adds nothing", async () => {
    const before = shelf.list().length;
    const answer = await post("/books", await issuer.token({ permissions: [] }), novel);
    expect(answer.status).toBe(403);
    expect(answer.body.error_description).toContain("create:books");
    expect(answer.headers.get("www-authenticate")).toContain("insufficient_scope");
    expect(shelf.list()).toHaveLength(before);
  });

  it("refuses a body with addedBy in it, whatever its value, and adds nothing", async () => {
    const before = shelf.list().length;
    for (const addedBy of ["kp_mina", "kp_somebody_else", null]) {
      const answer = await post("/books", await bookseller(), { ...novel, addedBy });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe("added_by_not_allowed");
      expect(answer.body.error_description).toMatch(/Leave out addedBy.*sub of the access token/);
    }
    expect(shelf.list()).toHaveLength(before);
  });

  it("says of each field what is wrong with it", async () => {
    const answer = await post("/books", await bookseller(), { title: " ", author: 7, year: null });
    expect(answer.status).toBe(400);
    expect(answer.body.fields).toEqual({
      title: "A book needs a title.",
      author: "Say the author as text.",
      year: "Say the year as a whole number, such as 1931.",
    });
  });

  it("refuses fields that a book does not have", async () => {
    const answer = await post("/books", await bookseller(), { ...novel, price: 12 });
    expect(answer.status).toBe(400);
    expect(answer.body.error_description).toContain('no field "price"');
    const token = await bookseller();
    const odd = await post("/books", token, { ...novel, [token]: true });
    expect(odd.status).toBe(400);
    expectNoPieceOf(token, JSON.stringify(odd.body));
  });

  it.each([
    ["a list", "[]"],
    ["a string", '"a book"'],
    ["null", "null"],
  ])("refuses %s as a book", async (_, body) => {
    const answer = await send("POST", "/books", await bookseller(), body, "application/json");
    expect(answer.status).toBe(400);
    expect(answer.body.error_description).toBeTruthy();
  });

  it("refuses a body that is not JSON, too large, or of another type, each with its own code", async () => {
    const token = await bookseller();
    const cases: [body: string, type: string, status: number, code: string][] = [
      ["{", "application/json", 400, "body_malformed"],
      [JSON.stringify({ ...novel, blurb: "x".repeat(20_000) }), "application/json", 413, "body_too_large"],
      ["title=The+Waves", "application/x-www-form-urlencoded", 415, "content_type_wrong"],
    ];
    for (const [body, type, status, code] of cases) {
      const answer = await send("POST", "/books", token, body, type);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
  });

  it("does not read the body of someone who may not add books", async () => {
    const answer = await send("POST", "/books", undefined, "{", "application/json");
    expect(answer.status).toBe(401);
  });
});

describe("the other doors", () => {
  it("refuses a good token tomorrow, because it will have expired", async () => {
    const token = await issuer.token();
    expect((await get("/books", token)).status).toBe(200);
    const answer = await get("/tomorrow/books", token);
    expect([answer.status, answer.body.code]).toEqual([401, "token_expired"]);
  });

  it("refuses a token of this API at the warehouse", async () => {
    const answer = await get("/warehouse/books", await issuer.token());
    expect([answer.status, answer.body.code]).toEqual([401, "audience_wrong"]);
    expect(answer.body.error_description).toContain("https://warehouse.bookstore.example");
  });

  it("let in nobody whom the front door would not", async () => {
    const notYet = await issuer.token({
      claims: { nbf: issuer.clock.now() / 1000 + 7200 },
      expiresIn: 400_000,
    });
    const ofWarehouse = await issuer.token({ audience: "https://warehouse.bookstore.example" });
    expect((await get("/tomorrow/books", notYet)).body.code).toBe("token_not_yet_valid");
    expect((await get("/warehouse/books", ofWarehouse)).body.code).toBe("audience_wrong");
  });

  it("have no way to add a book", async () => {
    for (const door of ["/tomorrow", "/warehouse"]) {
      expect((await post(`${door}/books`, await bookseller(), novel)).status).toBe(404);
    }
  });
});

describe("POST /explain", () => {
  it("passes every check of a good token", async () => {
    const { status, body } = await post("/explain", await issuer.token());
    expect(status).toBe(200);
    expect(body.data.explanation.ok).toBe(true);
    expect(body.data.explanation.checks.filter((check) => check.status === "failed")).toEqual([]);
  });

  it("names the check that fails, and what to do about it", async () => {
    const { body } = await post("/explain", await issuer.badToken("id_token"));
    expect(body.data.explanation.ok).toBe(false);
    const failed = body.data.explanation.checks.find((check) => check.status === "failed");
    expect(failed).toMatchObject({ code: "token_type_wrong", fix: expect.stringMatching(/access token/) });
  });

  it("agrees with the guard about the first failure of every bad token, and never gives the token back", async () => {
    for (const [name, bad] of Object.entries(issuer.badTokens)) {
      issuer.clock.advance(10);
      const token = await bad.make();
      const { status, body, headers } = await post("/explain", token);
      expect(status, name).toBe(200);
      const failed = body.data.explanation.checks.find((check) => check.status === "failed");
      expect(failed?.code, name).toBe(bad.code);
      expectNoPieceOf(token, JSON.stringify([body, [...headers]]));
    }
  });

  it("says that there is no token where there is none, or another scheme", async () => {
    for (const authorization of [undefined, "Basic bWluYTpzZWNyZXQ=", "Bearer", "Bearer "]) {
      const response = await fetch(`${api}/explain`, {
        method: "POST",
        headers: authorization === undefined ? {} : { authorization },
      });
      const { data } = (await response.json()) as AnswerBody;
      expect(data.explanation.checks[0]?.code, authorization).toBe("token_missing");
    }
  });

  it("does not tell a token's claims", async () => {
    const { body } = await post("/explain", await issuer.token({ subject: "kp_with_a_secret_name" }));
    expect(JSON.stringify(body)).not.toContain("kp_with_a_secret_name");
  });

  it("takes no token from the body or the address", async () => {
    const token = await issuer.token();
    const answer = await send(
      "POST",
      `/explain?access_token=${token}`,
      undefined,
      JSON.stringify({ token }),
      "application/json",
    );
    expect(answer.body.data.explanation.ok).toBe(false);
  });
});

describe("while the issuer is away", () => {
  it("answers 503 and not 401, and lets people in once it is back", async () => {
    const away = await createTestIssuer();
    const recovering = await serve(away);
    try {
      away.faults.discovery = "down";
      away.faults.jwks = "down";
      const token = await away.token();
      const during = await fetch(`${recovering.url}/books`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(during.status).toBe(503);
      expect(Number(during.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await during.json()).toMatchObject({ code: "keys_unavailable" });

      away.faults.discovery = undefined;
      away.faults.jwks = undefined;
      away.clock.advance(60);
      const after = await fetch(`${recovering.url}/books`, { headers: { authorization: `Bearer ${token}` } });
      expect(after.status).toBe(200);
    } finally {
      await recovering.close();
      await away.close();
    }
  });
});

describe("a request that is no request", () => {
  it("is told so in JSON when its headers are too large", async () => {
    const response = await fetch(`${api}/books`, {
      headers: { authorization: `Bearer ${"x".repeat(200_000)}` },
    });
    expect(response.status).toBe(431);
    expect(await response.json()).toMatchObject({ code: "headers_too_large" });
  });
});

describe("everything else", () => {
  it("is healthy without a token", async () => {
    expect(await get("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
  });

  it("answers unknown and unreadable paths in JSON, and repeats nothing of them", async () => {
    const token = await issuer.token();
    const unknown = await get(`/films/${token}`, token);
    expect([unknown.status, unknown.body.code]).toEqual([404, "route_unknown"]);
    expectNoPieceOf(token, JSON.stringify(unknown.body));
    const unreadable = await get("/books/%E0%A4%A", token);
    expect(unreadable.status).toBeLessThan(500);
  });

  it("lets the shop's pages call it and read why they were refused, and no other origin", async () => {
    const preflight = await fetch(`${api}/books`, {
      method: "OPTIONS",
      headers: {
        origin: webOrigin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(webOrigin);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");

    const refused = await fetch(`${api}/books`, { headers: { origin: webOrigin } });
    expect(refused.headers.get("access-control-allow-origin")).toBe(webOrigin);
    expect(refused.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("www-authenticate");

    const foreign = await fetch(`${api}/books`, { headers: { origin: "https://evil.example" } });
    expect(foreign.headers.get("access-control-allow-origin")).not.toBe("https://evil.example");
    expect(foreign.headers.get("access-control-allow-origin")).not.toBe("*");
  });

  it("sends the headers that keep browsers out of trouble, and does not say what it is built with", async () => {
    const { headers } = await get("/books", await issuer.token());
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBeTruthy();
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

async function serve({ issuer, audience, clock }: TestIssuer) {
  const app = createApp({ issuer, audience, webOrigin, shelf, clock: () => clock.now() });
  const server = createHttpServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bookseller(): Promise<string> {
  return issuer.token({ permissions: ["create:books"], subject: "kp_mina" });
}

function get(path: string, token?: string) {
  return send("GET", path, token);
}

function post(path: string, token: string | undefined, body?: unknown) {
  return send("POST", path, token, body === undefined ? undefined : JSON.stringify(body), "application/json");
}

async function send(method: string, path: string, token?: string, body?: string, type?: string) {
  const response = await fetch(api + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(type && { "content-type": type }),
    },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as AnswerBody };
}

/** Looks for any 16 characters in a row of the token; of the ends the first ones are the same in every token. */
function expectNoPieceOf(token: string, text: string): void {
  for (let start = 0; start + 16 <= Math.min(token.length, 4096); start += 4) {
    const piece = token.slice(start, start + 16);
    if (text.includes(piece)) throw new Error(`the answer has a piece of the token at character ${start}`);
  }
}
