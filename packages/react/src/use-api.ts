import { type ApiFetch, createApiFetch } from "@hallpass/client";
import { useMemo } from "react";
import { useAuthContext } from "./auth-context.ts";

/**
 * A `fetch` that adds the access token to requests to the listed origins and to no other, never sends it along a
 * redirect, and once renews a token that the API refuses. Keeps its identity.
 *
 * @param origins such as `["https://api.example"]`. Default: the provider's `apiOrigins`
 * @throws {AuthError} `option_invalid` if there is no origin to send a token to
 */
export function useApi(origins?: readonly string[]): ApiFetch {
  const { client, apiOrigins } = useAuthContext();
  const listed = origins ?? apiOrigins;
  const key = listed.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the origins are compared by value
  return useMemo(() => createApiFetch(client, listed), [client, key]);
}
