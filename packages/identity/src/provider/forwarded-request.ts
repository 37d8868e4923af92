import { IncomingMessage } from "node:http";
import { LONGEST_BODY } from "./request-limits.ts";

/** The body of a request, or `too_large`. */
export async function readBody(request: IncomingMessage): Promise<string | "too_large"> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    received += (chunk as Buffer).length;
    if (received > LONGEST_BODY) return "too_large";
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Whether the request carries a form, which is all that OAuth's endpoints take. */
export function isForm(request: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "");
}

/** The request once more, with another body: its own has been read. */
export function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const bytes = Buffer.from(body);
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method;
  copy.url = request.url;
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  copy.headers = { ...request.headers, "content-length": String(bytes.length) };
  delete copy.headers["transfer-encoding"];
  copy.complete = true;
  copy.push(bytes);
  copy.push(null);
  return copy;
}
