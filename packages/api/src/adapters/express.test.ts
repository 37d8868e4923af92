import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import type { JwtClaims, VerifiedToken, VerifierOptions } from "@hallpass/tokens";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { createGuard, type GuardedRequest } from "./express.ts";

let issuer: TestIssuer;
let options: { issuer: string; audience: string };
beforeAll(async () => {
  issuer = await createTestIssuer();
  options = { issuer: issuer.issuer, audience: issuer.audience };
});
afterAll(() => issuer.close());

async function ask(app: express.Express, path: string, authorization: string): Promise<[number, unknown]> {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } });
  const body: unknown = await answer.json();
  server.close();
  return [answer.status, body];
}

describe("the type of req.auth", () => {
  it("is exact behind a guard, and optional where no type can know", () => {
    const app = express();
    const guard = createGuard(options);

    app.get("/books/:id", guard(), (req) => {
      expectTypeOf(req.auth).toEqualTypeOf<VerifiedToken>();
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
    });
    app.get("/org", guard({ organization: true }), (req) => {
      expectTypeOf(req.auth.organization).toEqualTypeOf<string>();
    });
    app.get("/either", guard({ anyOf: [{ organization: "a" }, { organization: "b" }] }), (req) => {
      expectTypeOf(req.auth.organization).toEqualTypeOf<string>();
    });
    app.get("/mixed", guard({ anyOf: [{ organization: "a" }, { roles: ["x"] }] }), (req) => {
      expectTypeOf(req.auth.organization).toEqualTypeOf<string | undefined>();
    });
    app.get("/optional", guard.optional(), (req) => {
      expectTypeOf(req.auth).toEqualTypeOf<VerifiedToken | undefined>();
    });
    app.get("/optional", guard({ optional: true, organization: true }), (req) => {
      expectTypeOf(req.auth?.organization).toEqualTypeOf<string | undefined>();
    });
    app.get("/unguarded", (req, res) => {
      expectTypeOf(req.auth).toEqualTypeOf<VerifiedToken | undefined>();
      expectTypeOf(res.locals.anything).toBeAny();
    });
    app.get("/locals", guard(), (req, res) => {
      expectTypeOf(req.auth.subject).toEqualTypeOf<string | undefined>();
      expectTypeOf(res.locals.anything).toBeAny();
    });
  });

  it("fits handlers that are written elsewhere", () => {
    const app = express();
    const guard = createGuard(options);
    const plain: RequestHandler = (req, res) => void res.json(req.auth?.subject);
    const typed: RequestHandler<{ id: string }, unknown, { title: string }> = (req, res) =>
      void res.json([req.auth?.subject, req.params.id, req.body.title]);
    const listBooks = (req: Request, res: Response) => void res.json(req.auth?.subject);
    const createBook = (req: GuardedRequest, res: Response) => void res.json(req.auth.subject);
    app.get("/a", guard(), plain);
    app.get("/b/:id", guard({ organization: true }), typed);
    app.get("/c", guard({ organization: true }), listBooks);
    app.post("/d", express.json(), guard({ permissions: ["create:books"] }), createBook);
    app.post("/e", guard({ organization: true }), createBook);
    const router = Router();
    router.use(guard());
    router.route("/f").get(guard({ organization: true }), (req, res) => void res.json(req.auth.organization));
    app.use("/g", guard(), router);
    expect(router).toBeDefined();
  });

  it("has the claims of the guard's own schema, so that two guards do not meet", () => {
    const app = express();
    const claims: VerifierOptions<{ tenant: string }>["claims"] & object = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: value as { tenant: string } }),
      },
    };
    const guard = createGuard({ ...options, claims });
    const other = createGuard(options);
    app.get("/a", guard({ where: (token) => token.claims.tenant === "north" }), (req) => {
      expectTypeOf(req.auth.claims).toEqualTypeOf<{ tenant: string }>();
    });
    app.get("/b", other(), (req) => {
      expectTypeOf(req.auth.claims).toEqualTypeOf<JwtClaims>();
    });
  });

  it("does not let a misspelt requirement compile, nor start", () => {
    const guard = createGuard(options);
    // @ts-expect-error: permision
    expect(() => guard({ permision: ["create:books"] })).toThrow("permision is not a requirement");
    // @ts-expect-error: rolez, beside one that is right
    expect(() => guard({ permissions: ["a"], rolez: ["b"] })).toThrow("rolez is not a requirement");
    // @ts-expect-error: a text instead of a list
    expect(() => guard({ permissions: "create:books" })).toThrow("permissions must be a list");
    // @ts-expect-error: a text instead of true
    expect(() => guard({ optional: "yes" })).toThrow("optional must be true or false");
  });
});

describe("a guard", () => {
  it("gives its token also behind router.use, and to nobody whom it did not let pass", async () => {
    const app = express();
    const guard = createGuard(options);
    const member = guard({ organization: true });
    const stranger = createGuard(options)();
    const router = Router();
    router.use(member);
    router.get("/", (req, res) => {
      const auth = member.auth(req);
      expectTypeOf(auth.organization).toEqualTypeOf<string>();
      expect(() => stranger.auth(req)).toThrow("This guard has not let this request pass");
      expect(req.auth).toBe(auth);
      res.json(auth.organization);
    });
    app.use("/books", router);
    const authorization = `Bearer ${await issuer.token({ organization: "org_a" })}`;
    expect(await ask(app, "/books", authorization)).toEqual([200, "org_a"]);
  });

  it("takes away what an earlier middleware called auth", async () => {
    const app = express();
    app.use((req, _res, next) => {
      (req as { auth?: unknown }).auth = { subject: "admin" };
      next();
    });
    app.get("/", createGuard(options).optional(), (req, res) => void res.json({ auth: req.auth ?? null }));
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const answer = await fetch(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
    expect(await answer.json()).toEqual({ auth: null });
    server.close();
  });

  it("says so when it was not called", () => {
    const guard = createGuard(options);
    expect(() => (guard as unknown as RequestHandler)({} as Request, {} as Response, () => {})).toThrow(
      "guard is not a middleware itself: call it, guard()",
    );
  });

  it("cannot be made from options that make no sense", () => {
    expect(() => createGuard(undefined as never)).toThrow("createGuard: expected options");
    expect(() => createGuard({ ...options, realm: 'a"b' })).toThrow("createGuard: realm must be printable");
    expect(() => createGuard({ verifier: {} as never })).toThrow(
      "createGuard: verifier must be what createVerifier",
    );
    expect(() => createGuard({ verifier: {} as never, issuer: "x" } as never)).toThrow(
      "createGuard: issuer must be given to the verifier",
    );
    expect(() => createGuard({ issuer: options.issuer } as never)).toThrow(/audience/);
  });
});
