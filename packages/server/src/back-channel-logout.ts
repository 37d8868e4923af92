import { boundedFetch } from "@hallpass/client/server";
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import { AuthError } from "./auth-error.ts";
import type { Issuer } from "./issuer.ts";
import { digest } from "./seal.ts";
import type { SessionStore } from "./session-store.ts";
import type { Settings } from "./settings.ts";
import { scoped } from "./stored-sessions.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Seconds after which a logout token is too old. Issuers try again for minutes. */
const LONGEST_AGE = 600;
/** Seconds by which the clocks may differ. */
const CLOCK_TOLERANCE = 60;
const LONGEST_TOKEN = 16_384;

/** Checks a logout token and ends the sessions that it names. @returns how many */
export type BackChannelLogout = (logoutToken: string) => Promise<number>;

/**
 * OpenID Connect Back-Channel Logout 1.0 section 2.6: signature, issuer, audience, times, event, `jti` not seen before,
 * no nonce, and a subject or session. A token by subject ends what began before it was issued, so that one that is held
 * back cannot end a later sign-in.
 */
export function createBackChannelLogout(
  settings: Settings,
  issuer: Issuer,
  store: SessionStore,
): BackChannelLogout {
  let keys: { readonly uri: string; readonly find: ReturnType<typeof createRemoteJWKSet> } | undefined;

  async function keysOf(): Promise<{ issuer: string; find: ReturnType<typeof createRemoteJWKSet> }> {
    const metadata = await issuer.metadata();
    const uri = metadata.jwks_uri;
    if (uri === undefined) throw new AuthError("issuer_wrong", "the discovery document names no jwks_uri");
    if (keys?.uri !== uri) {
      const find = createRemoteJWKSet(new URL(uri), {
        [customFetch]: (url, { method, headers }) => boundedFetch(url, { method, headers }, settings.fetch),
      });
      keys = { uri, find };
    }
    return { issuer: metadata.issuer, find: keys.find };
  }

  async function verified(token: string): Promise<JWTPayload> {
    if (typeof token !== "string" || token === "" || token.length > LONGEST_TOKEN)
      throw refused("there is none");
    const { issuer: iss, find } = await keysOf();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, find, {
        issuer: iss,
        audience: settings.clientId,
        algorithms: [
          "RS256",
          "PS256",
          "ES256",
          "ES384",
          "ES512",
          "EdDSA",
          "Ed25519",
          "RS384",
          "RS512",
          "PS384",
          "PS512",
        ],
        requiredClaims: ["iat", "jti", "events"],
        maxTokenAge: LONGEST_AGE,
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(settings.now()),
      });
      const typ = protectedHeader.typ?.toLowerCase().replace(/^application\//, "");
      // The specification recommends the type and does not require it (section 2.4).
      if (typ !== undefined && typ !== "logout+jwt" && typ !== "jwt")
        throw refused("its typ is another one's");
      return payload;
    } catch (error) {
      if (error instanceof AuthError) throw error;
      if (error instanceof errors.JOSEError && !keysMissing(error)) throw refused(error.code);
      throw new AuthError("issuer_unreachable", "the issuer's keys cannot be fetched");
    }
  }

  return async (token) => {
    const claims = await verified(token);
    const { events, sub, sid, jti, iat = 0 } = claims;
    if (!isObject(events) || !isObject((events as Record<string, unknown>)[EVENT]))
      throw refused("it has no logout event");
    if ("nonce" in claims) throw refused("it has a nonce");
    if (typeof jti !== "string" || jti === "") throw refused("its jti is none");
    const hasSid = typeof sid === "string" && sid !== "";
    const hasSub = typeof sub === "string" && sub !== "";
    if (!hasSid && !hasSub) throw refused("it has neither sub nor sid");
    // A lock that is never given back: it outlasts the time during which the token is accepted.
    const seen = `logout:${await digest(scoped(settings, jti))}`;
    if (!(await store.lock(seen, "used", (LONGEST_AGE + 2 * CLOCK_TOLERANCE) * 1000)))
      throw refused("it was used before");
    const named = hasSid
      ? await store.listBySid(scoped(settings, sid))
      : await store.listByUser(scoped(settings, sub as string));
    const ended = named.filter(
      ({ user, createdAt }) =>
        (!hasSub || user === scoped(settings, sub)) && createdAt <= (iat + CLOCK_TOLERANCE) * 1000,
    );
    const deleted = await Promise.all(ended.map(({ key }) => store.delete(key)));
    return deleted.filter(Boolean).length;
  };
}

/** Whether it is the issuer's fault, or nobody's: keys that could not be had say nothing about the token. */
function keysMissing(error: errors.JOSEError): boolean {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === "ERR_JOSE_GENERIC"
  );
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refused = (why: string): AuthError =>
  new AuthError("logout_token_invalid", `the logout token is not valid: ${why}`);
