import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ControlPanel, controlChange } from "./controls.ts";

/** Where the development controls are. */
export const CONTROL_PATH = "/_hallpass/control";

/**
 * The control endpoint: GET shows, POST changes, DELETE sets everything back. Every request needs the secret,
 * which no page of another origin can send: the header makes browsers ask first, and the answer allows nothing.
 * That the Host is this machine is checked before.
 */
export function registerControlRoutes(server: FastifyInstance, panel: ControlPanel, secret: string): void {
  const guarded =
    (handler: (request: FastifyRequest, reply: FastifyReply) => void) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      if (!secretMatches(request.headers["hallpass-control"], secret)) {
        return reply.code(403).send({
          error: "forbidden",
          error_description:
            "the header hallpass-control does not carry the secret that hallpass dev printed",
        });
      }
      handler(request, reply);
      return reply;
    };
  const state = () => ({ ...panel.controls, requests: panel.requests });

  server.get(
    CONTROL_PATH,
    guarded((_request, reply) => reply.send(state())),
  );
  server.delete(
    CONTROL_PATH,
    guarded((_request, reply) => {
      panel.reset();
      reply.send(state());
    }),
  );
  server.post(
    CONTROL_PATH,
    guarded((request, reply) => {
      const change = controlChange.safeParse(request.body);
      if (!change.success) {
        const [issue] = change.error.issues;
        reply.code(400).send({
          error: "invalid_request",
          error_description: `${issue?.path.join(".") || "the body"}: ${issue?.message}`,
        });
        return;
      }
      panel.change(change.data);
      reply.send(state());
    }),
  );
}

function secretMatches(given: string | string[] | undefined, secret: string): boolean {
  const actual = Buffer.from(typeof given === "string" ? given : "");
  const expected = Buffer.from(secret);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
