import type { ActionRequest, AuthAction } from "./actions.ts";
import type { AuthRequest, AuthResponse } from "./auth-request.ts";
import type { MachineClient } from "./machine-client.ts";
import type { Outcome } from "./outcome.ts";
import type { Session } from "./session.ts";
import type { UserSessions } from "./user-sessions.ts";

/** Signs people in to one application at one issuer. It holds nobody: whoever asks brings their session along. */
export interface ServerAuth {
  /**
   * The session of a request; of nobody, if the request brings none that holds. Renews the access token when it is about
   * to expire. Asked again with the same request, it is the same session.
   *
   * @param response gets the cookies at once; without it, they are in `cookies` of the session
   * @throws {AuthError} `store_unavailable`; that the issuer cannot be reached is no error yet
   */
  session(request: AuthRequest, response?: AuthResponse): Promise<Session>;
  /** Does what one of the routes is for. Never throws an {@link AuthError}: that is an outcome too. */
  handle(action: AuthAction, request: ActionRequest): Promise<Outcome>;
  /**
   * Back-Channel Logout 1.0: checks a logout token and ends the sessions that it names.
   *
   * @returns how many sessions ended
   * @throws {AuthError} `logout_token_invalid`, `issuer_unreachable`, `store_unavailable`, `not_supported`
   */
  backChannelLogout(logoutToken: string): Promise<number>;
  /** The sessions of a user, to list and to end them. */
  readonly userSessions: UserSessions;
  /** Tokens of the application itself (client credentials). */
  readonly machine: MachineClient;
  /** What routes need to know of the configuration. */
  readonly addresses: {
    /** Where the application is, such as `https://app.example.com`. */
    readonly origin: string;
    /** The path of the callback route. */
    readonly callbackPath: string;
    readonly postLogoutRedirectUri: string;
  };
  /** Ends what has been opened, such as a database file. */
  close(): Promise<void>;
}
