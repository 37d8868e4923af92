/** Which requests a guard has let pass, and with which token. */
export interface PassedRequests<Auth> {
  add(request: object, auth: Auth): void;
  /** @throws {Error} when this guard has not let the request pass */
  get(request: object): Auth;
}

/**
 * Remembers per guard, not per process: the token of another guard, perhaps of another issuer, is not this one's.
 */
export function createPassedRequests<Auth>(): PassedRequests<Auth> {
  const passed = new WeakMap<object, { readonly auth: Auth }>();
  return {
    add: (request, auth) => void passed.set(request, { auth }),
    get(request) {
      const entry = passed.get(request);
      if (entry !== undefined) return entry.auth;
      throw new Error(
        "This guard has not let this request pass. Put it before the handler, on the same route",
      );
    },
  };
}
