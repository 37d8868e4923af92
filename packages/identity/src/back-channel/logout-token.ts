import { randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import type { Clock } from "../provider/clock.ts";
import type { KeyRing } from "../provider/key-ring.ts";
import { DEFAULT_ALGORITHM } from "../provider/signing-keys.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Seconds: a token that says that something has happened is used at once or not at all. */
const LIFETIME = 120;

export interface LogoutTokenSigner {
  issuer: string;
  keyRing: KeyRing;
  clock: Clock;
}

/** A logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4): this user's session at this application is over. */
export async function signLogoutToken(
  { issuer, keyRing, clock }: LogoutTokenSigner,
  { clientId, userId, sid }: { clientId: string; userId: string; sid: string | null },
): Promise<string> {
  const key = keyRing.current().signing(DEFAULT_ALGORITHM);
  const now = Math.floor(clock.now() / 1000);
  return await new SignJWT({
    iss: issuer,
    aud: clientId,
    sub: userId,
    ...(sid === null ? {} : { sid }),
    iat: now,
    exp: now + LIFETIME,
    jti: randomUUID(),
    events: { [EVENT]: {} },
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "logout+jwt" })
    .sign(await importJWK(key, key.alg));
}
