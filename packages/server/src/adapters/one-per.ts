import type { AuthResponse } from "../auth-request.ts";

/**
 * Remembers what was made for each reply of a framework: a session hands its cookies once to each response that it is
 * given, and tells them apart by identity.
 */
export function onePer<Reply extends object>(
  make: (reply: Reply) => AuthResponse,
): (reply: Reply) => AuthResponse {
  const made = new WeakMap<Reply, AuthResponse>();
  return (reply) => {
    const found = made.get(reply) ?? make(reply);
    made.set(reply, found);
    return found;
  };
}
