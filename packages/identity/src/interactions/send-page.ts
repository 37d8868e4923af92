import type { FastifyReply } from "fastify";
import { pagePolicy } from "../provider/security-headers.ts";

export interface SendPageOptions {
  /** HTTP status; 200 if not given. */
  status?: number;
  /** Origins that a form of the page may lead to. */
  formTargets?: readonly string[];
}

/** Sends a page under the policy that fits it. */
export function sendPage(reply: FastifyReply, html: string, options: SendPageOptions = {}): FastifyReply {
  return reply
    .code(options.status ?? 200)
    .header("content-security-policy", pagePolicy(options.formTargets))
    .header("content-type", "text/html; charset=utf-8")
    .send(html);
}

/** A posted form as it was written: repeated fields stay repeated. */
export function formOf(body: unknown): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body ?? {})) {
    for (const each of [value].flat()) if (typeof each === "string") form.append(name, each);
  }
  return form;
}

/** The fields of a posted form: each a string, repeated ones left out. */
export function fieldsOf(body: unknown): Record<string, string> {
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
