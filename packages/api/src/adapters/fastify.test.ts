import { createTestIssuer, type TestIssuer } from "@hallpass/testing";
import type { VerifiedToken } from "@hallpass/tokens";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { createGuard } from "./fastify.ts";

let issuer: TestIssuer;
let app: FastifyInstance;
let options: { issuer: string; audience: string };
beforeAll(async () => {
  issuer = await createTestIssuer();
  options = { issuer: issuer.issuer, audience: issuer.audience };
});
beforeEach(() => {
  app = Fastify();
});
afterEach(() => app.close());
afterAll(() => issuer.close());

async function bearer(organization?: string): Promise<{ authorization: string }> {
  const token = await issuer.token(organization === undefined ? {} : { organization });
  return { authorization: `Bearer ${token}` };
}

describe("a guard", () => {
  it("is a hook of a route, typed exactly through auth()", async () => {
    const member = createGuard(options)({ organization: true });
    app.get("/books", { onRequest: member }, async (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<VerifiedToken>();
      const auth = member.auth(request);
      expectTypeOf(auth.organization).toEqualTypeOf<string>();
      expect(request.auth).toBe(auth);
      return { organization: auth.organization };
    });
    const answer = await app.inject({ url: "/books", headers: await bearer("org_a") });
    expect([answer.statusCode, answer.json()]).toEqual([200, { organization: "org_a" }]);
    expect((await app.inject({ url: "/books", headers: await bearer() })).statusCode).toBe(403);
  });

  it("is a hook of a whole scope, at any stage", async () => {
    const guard = createGuard(options);
    const stages = ["onRequest", "preValidation", "preHandler"] as const;
    for (const stage of stages) {
      app.register(async (scope) => {
        scope.addHook(stage as "onRequest", guard());
        scope.get(`/${stage}`, async (request) => request.auth.subject);
      });
    }
    for (const stage of stages) {
      expect((await app.inject(`/${stage}`)).statusCode).toBe(401);
      expect((await app.inject({ url: `/${stage}`, headers: await bearer() })).body).toBe("kp_alice");
    }
  });

  it("is told apart from another guard's", async () => {
    const optional = createGuard(options).optional();
    const stranger = createGuard(options)();
    app.get("/", { preHandler: [optional] }, async (request) => {
      expectTypeOf(optional.auth(request)).toEqualTypeOf<VerifiedToken | undefined>();
      expect(() => stranger.auth(request)).toThrow("This guard has not let this request pass");
      return { auth: optional.auth(request) ?? null };
    });
    expect((await app.inject("/")).json()).toEqual({ auth: null });
  });

  it("answers in full whatever response schema the route has", async () => {
    const schema = { response: { "4xx": { type: "object", properties: { message: { type: "string" } } } } };
    app.get("/", { schema, onRequest: createGuard(options)() }, async () => "never");
    const answer = await app.inject("/");
    expect(answer.json()).toMatchObject({ error: "unauthorized", code: "token_missing" });
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  it("runs before the body is parsed", async () => {
    app.post("/", { onRequest: createGuard(options)() }, async () => "never");
    const headers = { "content-type": "application/json" };
    const answer = await app.inject({ method: "POST", url: "/", headers, payload: "{broken" });
    expect(answer.statusCode).toBe(401);
  });

  it("says so when it was not called", () => {
    const guard = createGuard(options);
    // @ts-expect-error: guard instead of guard()
    app.get("/", { onRequest: guard }, async () => "never");
    return expect(app.inject("/").then((answer) => answer.json())).resolves.toMatchObject({
      statusCode: 500,
      message: expect.stringContaining("call it, guard()"),
    });
  });
});
