import { request as httpRequest } from "node:http";

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as a form. */
  form?: Record<string, string>;
}

/** A request whose Host and path are exactly as given, which `fetch` does not allow. */
export async function rawRequest(issuer: string, path: string, init: RawRequest = {}): Promise<RawAnswer> {
  const { port } = new URL(issuer);
  const body = init.form === undefined ? undefined : new URLSearchParams(init.form).toString();
  const headers = {
    ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    ...init.headers,
  };
  const { method = body === undefined ? "GET" : "POST" } = init;
  return await new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.on("error", reject).end(body);
  });
}
