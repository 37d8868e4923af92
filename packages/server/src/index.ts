export type { ActionRequest, AuthAction } from "./actions.ts";
export { AuthError, type AuthErrorCode, isAuthError } from "./auth-error.ts";
export {
  type AuthRequest,
  type AuthResponse,
  addCookie,
  type HeaderReader,
  type HeaderWriter,
  headerOf,
} from "./auth-request.ts";
export {
  createMachineClient,
  type MachineClient,
  type MachineClientOptions,
  type MachineTokenOptions,
} from "./machine-client.ts";
export type {
  AuthorizationParams,
  GrantType,
  JsonValue,
  LoginOptions,
  LogoutOptions,
  ServerAuthOptions,
} from "./options.ts";
export { type Outcome, toResponse } from "./outcome.ts";
export type { ProtectionOptions, RoutesAuth } from "./routes.ts";
export { createServerAuth, type ServerAuth } from "./server-auth.ts";
export type { Session, SignedIn } from "./session.ts";
export type { SessionStore, StoredSession } from "./session-store.ts";
export { memoryStore } from "./stores/memory.ts";
export { type PostgresPool, postgresSchema, postgresStore } from "./stores/postgres.ts";
export { type RedisClient, redisStore } from "./stores/redis.ts";
export { sqliteStore } from "./stores/sqlite.ts";
export type { UserSession, UserSessions } from "./user-sessions.ts";
