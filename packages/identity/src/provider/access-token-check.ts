import { errors, type JWTPayload, jwtVerify } from "jose";
import { findApplication } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { findUser, type User } from "../directory/index.ts";
import type { Clock } from "./clock.ts";
import { findEntity } from "./entity-store.ts";
import type { KeyRing } from "./key-ring.ts";

/** An access token of this issuer that is still good for something. */
export interface LiveAccessToken {
  claims: JWTPayload;
  clientId: string;
  scopes: ReadonlySet<string>;
  /** `undefined` when the application acts in its own name. */
  user: User | undefined;
}

/** Looks at an access token; `undefined` if it is not ours, has expired, or its grant, user or application is gone. */
export type AccessTokenCheck = (jwt: string) => Promise<LiveAccessToken | undefined>;

const LONGEST_TOKEN = 16 * 1024;

/** The provider does not keep JWT access tokens, so userinfo and introspection judge them here. */
export function createAccessTokenCheck(options: {
  issuer: string;
  db: Database;
  keyRing: KeyRing;
  clock: Clock;
}): AccessTokenCheck {
  const { issuer, db, keyRing, clock } = options;

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
    const claims = await verified(jwt)
      .catch(async (error: unknown) => {
        // Another process may have made the key a moment ago.
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        await keyRing.refresh();
        return await verified(jwt);
      })
      .catch(() => undefined);
    if (!claims || !(await grantIsAlive(db, String(claims.jti)))) return undefined;
    const clientId = String(claims.client_id);
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
