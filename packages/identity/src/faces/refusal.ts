import type { RouteAnswer } from "../provider/token-routes.ts";

/** An error in the form that every endpoint for applications has. */
export function refusal(status: number, error: string, description: string): RouteAnswer {
  return { status, body: { error, error_description: description } };
}
