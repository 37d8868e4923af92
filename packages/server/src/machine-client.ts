/** Tokens for an application that acts in its own name. */
export interface MachineClient {
  /**
   * An access token: cached until shortly before it expires, one request however many callers.
   *
   * @param options `audience` replaces the configured one for this token
   * @throws {AuthError} `issuer_error`, `issuer_wrong`, `issuer_unreachable`, `not_supported`
   */
  getToken(options?: MachineTokenOptions): Promise<string>;
  /**
   * `fetch` with the token, only for the listed origins. Follows no redirect; a 401 with `invalid_token` renews the
   * token and sends the request once more.
   *
   * @throws {AuthError} also `origin_not_allowed`, `api_redirected`
   */
  fetch(input: string | URL | Request, init?: RequestInit & MachineTokenOptions): Promise<Response>;
}

export interface MachineTokenOptions {
  readonly audience?: string | undefined;
}
