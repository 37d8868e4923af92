import type { AuthRequest } from "./auth-request.ts";

/** The routes of signing in and out. */
export type AuthAction =
  | "login"
  | "register"
  | "create-org"
  | "callback"
  | "logout"
  | "user"
  | "back-channel-logout";

/** A request of one of the routes. */
export interface ActionRequest extends AuthRequest {
  /** From the path on, or whole. */
  readonly url: string;
  /** The form of a POST request, as text. */
  readonly body?: string | undefined;
}
