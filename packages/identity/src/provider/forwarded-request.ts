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

/** Whether the request carries JSON, which Auth0's endpoints take as well. */
export function isJson(request: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "");
}

/** A JSON object as the form that says the same; `undefined` if it is nothing that a form can say. */
export function formOfJson(body: string): URLSearchParams | undefined {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(content)) {
    if (value === null) continue;
    if (!["string", "number", "boolean"].includes(typeof value)) return undefined;
    form.append(name, String(value));
  }
  return form;
}

/** The request once more, with a form as its body: its own has been read. */
export function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const bytes = Buffer.from(body);
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method;
  copy.url = request.url;
  copy.httpVersion = request.httpVersion;
  copy.httpVersionMajor = request.httpVersionMajor;
  copy.httpVersionMinor = request.httpVersionMinor;
  copy.headers = {
    ...request.headers,
    "content-type": "application/x-www-form-urlencoded",
    "content-length": String(bytes.length),
  };
  delete copy.headers["transfer-encoding"];
  copy.complete = true;
  copy.push(bytes);
  copy.push(null);
  return copy;
}
