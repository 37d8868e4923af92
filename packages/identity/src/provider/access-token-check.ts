import { errors, type JWTPayload, jwtVerify } from "jose";
import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { findUser, type User } from "../directory/index.ts";
import type { Clock } from "./clock.ts";
import { findEntity } from "./entity-store.ts";
import type { KeyRing } from "./key-ring.ts";
import { isRevoked } from "./revoked-tokens.ts";

/** An access token of this issuer that is still good for something. */
export interface LiveAccessToken {
  claims: JWTPayload;
  clientId: string;
  scopes: ReadonlySet<string>;
  /** `undefined` when the application acts in its own name. */
  user: User | undefined;
}

/**
 * Looks at an access token; `undefined` if it is not ours, has expired, was revoked, or its grant, user or
 * application is gone.
 */
export type AccessTokenCheck = (
  jwt: string,
  /** Thumbprint of the key that its sender has proved to hold: a bound token is no good without. */
  provedKey?: string,
) => Promise<LiveAccessToken | undefined>;

const LONGEST_TOKEN = 16 * 1024;

/** The claims of an access token that this issuer signed and that has not expired; whatever became of its grant. */
export type AccessTokenReader = (jwt: string) => Promise<JWTPayload | undefined>;

export function createAccessTokenReader(options: {
  issuer: string;
  keyRing: KeyRing;
  clock: Clock;
}): AccessTokenReader {
  const { issuer, keyRing, clock } = options;

  // Which algorithm a key is for stands in the key, and no other is taken with it.
  const verified = async (jwt: string): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(jwt, keyRing.current().verifying, {
      issuer,
      typ: "at+jwt",
      algorithms: ["RS256", "ES256", "EdDSA"],
      requiredClaims: ["sub", "exp", "jti", "client_id"],
      currentDate: new Date(clock.now()),
    });
    return payload;
  };

  return async (jwt) => {
    if (jwt.length > LONGEST_TOKEN) return undefined;
    return await verified(jwt)
      .catch(async (error: unknown) => {
        // Another process may have made the key a moment ago.
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await keyRing.refresh();
        return await verified(jwt);
      })
      .catch(() => undefined);
  };
}

/** The provider does not keep JWT access tokens, so userinfo and introspection judge them here. */
export function createAccessTokenCheck(db: Database, read: AccessTokenReader): AccessTokenCheck {
  return async (jwt, provedKey) => {
    const claims = await read(jwt);
    if (!claims || !mayBeUsedWith(claims, provedKey)) return undefined;
    const clientId = String(claims.client_id);
    if (!(await grantIsAlive(db, String(claims.jti)))) return undefined;
    if (await isRevoked(db, String(claims.jti))) return undefined;
    const scopes = new Set(String(claims.scope ?? "").split(" "));
    if (!(await findApplication(db, clientId))) return undefined;
    if (claims.sub === clientId) return { claims, clientId, scopes, user: undefined };
    const user = await findUser(db, String(claims.sub));
    return user && { claims, clientId, scopes, user };
  };
}

/** The part of `jti` before the dot names the grant; a token made on the command line has none. */
async function grantIsAlive(db: Database, jti: string): Promise<boolean> {
  const dot = jti.indexOf(".");
  if (dot < 0) return true;
  const grant = await findEntity(db, "Grant", jti.slice(0, dot));
  return grant !== undefined && grant.expires_at > Date.now();
}

/** The key that a token is bound to (RFC 9449 section 6); `undefined` for a bearer token. */
export function boundKey({ cnf }: JWTPayload): string | undefined {
  const { jkt } = (cnf ?? {}) as { jkt?: unknown };
  return typeof jkt === "string" ? jkt : undefined;
}

/** Whatever else a token may be bound to is nothing that could have been proved here. */
function mayBeUsedWith(claims: JWTPayload, provedKey: string | undefined): boolean {
  return claims.cnf === undefined || (provedKey !== undefined && boundKey(claims) === provedKey);
}
