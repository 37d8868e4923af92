import type { IncomingMessage } from "node:http";
import { LONGEST_FORM, type ReadForm } from "../routes.ts";

/** Reads the form of a request of Node's HTTP server, unless a body parser has done so already. */
export function nodeForm(request: IncomingMessage & { readonly body?: unknown }): ReadForm {
  return async () => {
    const { body } = request;
    if (typeof body === "string") return body;
    if (Buffer.isBuffer(body)) return body.toString();
    const token = (body as { logout_token?: unknown } | null | undefined)?.logout_token;
    if (typeof token === "string") return new URLSearchParams({ logout_token: token }).toString();
    const chunks: Buffer[] = [];
    let size = 0;
    // Not destroyed when the loop is left: the refusal is still to be sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LONGEST_FORM) {
        request.resume();
        return undefined;
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  };
}
