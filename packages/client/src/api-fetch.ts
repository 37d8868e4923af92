import type { AuthClient } from "./auth-client.ts";
import { AuthError } from "./auth-error.ts";

/** `fetch`, with the access token where it belongs. */
export type ApiFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` that adds the access token to requests to the listed origins, and to no other. A request that
 * carries the token is never redirected. If the API refuses the token (401; RFC 6750 `invalid_token`, or a challenge
 * that this page may not read), the token is renewed and the request sent once more.
 *
 * @param origins as `https://api.example`; compared whole, so `https://api.example.evil.example` is another
 * @throws {AuthError} `option_invalid` if an origin is none, or none is listed
 */
export function createApiFetch(client: Pick<AuthClient, "getToken">, origins: readonly string[]): ApiFetch {
  for (const origin of origins[0] ? origins : [""]) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new AuthError(
        "option_invalid",
        `apiOrigins has ${JSON.stringify(origin)}; expected origins like "https://api.example"`,
      );
    }
  }
  const allowed = new Set(origins);

  return async (input, init) => {
    const request = new Request(input, init);
    if (!allowed.has(new URL(request.url).origin) || request.headers.has("authorization"))
      return fetch(request);
    const { redirect } = request;
    const send = async (token: string): Promise<Response> => {
      const headers = new Headers(request.headers);
      headers.set("authorization", `Bearer ${token}`);
      const response = await fetch(request.clone(), { headers, redirect: "manual" });
      if (response.type === "opaqueredirect" && redirect !== "manual") {
        throw new AuthError(
          "api_redirected",
          `${request.url} redirects, and a token is not sent along: call its target`,
        );
      }
      return response;
    };
    const response = await send(await client.getToken());
    if (response.status !== 401 || !/invalid_token|^$/.test(response.headers.get("www-authenticate") ?? "")) {
      return response;
    }
    try {
      return await send(await client.getToken({ forceRefresh: true }));
    } catch (error) {
      if (error instanceof AuthError && error.code !== "api_redirected") return response;
      throw error;
    }
  };
}
