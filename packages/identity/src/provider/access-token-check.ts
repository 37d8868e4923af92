import { createLocalJWKSet, type JWTPayload, jwtVerify } from "jose";
import type { Database } from "../database/index.ts";
import { findUser, type User } from "../directory/index.ts";
import type { Clock } from "./clock.ts";
import { findEntity } from "./entity-store.ts";
import { publicKey, type SigningKey } from "./signing-keys.ts";

/** An access token of this issuer that is still good for something. */
export interface LiveAccessToken {
  claims: JWTPayload;
  clientId: string;
  scopes: ReadonlySet<string>;
  user: User;
}

/** Looks at an access token; `undefined` if it is not ours, has expired, or its grant or user is gone. */
export type AccessTokenCheck = (jwt: string) => Promise<LiveAccessToken | undefined>;

const LONGEST_TOKEN = 16 * 1024;

/** The provider does not keep JWT access tokens, so userinfo and introspection judge them here. */
export function createAccessTokenCheck(options: {
  issuer: string;
  db: Database;
  keys: readonly SigningKey[];
  clock: Clock;
}): AccessTokenCheck {
  const { issuer, db, clock } = options;
  const keySet = createLocalJWKSet({ keys: options.keys.map(publicKey) });
  return async (jwt) => {
    if (jwt.length > LONGEST_TOKEN) return undefined;
    const claims = await jwtVerify(jwt, keySet, {
      issuer,
      typ: "at+jwt",
      algorithms: ["RS256"],
      requiredClaims: ["sub", "exp", "jti", "client_id"],
      currentDate: new Date(clock.now()),
    }).then(
      ({ payload }) => payload,
      () => undefined,
    );
    if (!claims || !(await grantIsAlive(db, String(claims.jti)))) return undefined;
    const user = await findUser(db, String(claims.sub));
    if (!user) return undefined;
    const scopes = new Set(String(claims.scope ?? "").split(" "));
    return { claims, clientId: String(claims.client_id), scopes, user };
  };
}

/** The part of `jti` before the dot names the grant; a token made on the command line has none. */
async function grantIsAlive(db: Database, jti: string): Promise<boolean> {
  const dot = jti.indexOf(".");
  if (dot < 0) return true;
  const grant = await findEntity(db, "Grant", jti.slice(0, dot));
  return grant !== undefined && grant.expires_at > Date.now();
}
