import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import { type TokenAnswer, tokenRequest } from "./identity.ts";

export interface ProofOptions {
  method?: string;
  nonce?: string;
  accessToken?: string;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

/** A key pair that proves to be held (RFC 9449). */
export interface DpopKey {
  jkt: string;
  proof(url: string, options?: ProofOptions): Promise<string>;
}

export async function createDpopKey(alg = "ES256"): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    proof: async (url, { method = "POST", nonce, accessToken, claims, header } = {}) =>
      await new SignJWT({
        jti: randomUUID(),
        htm: method,
        htu: url,
        iat: Math.floor(Date.now() / 1000),
        ...(nonce === undefined ? {} : { nonce }),
        ...(accessToken === undefined
          ? {}
          : { ath: createHash("sha256").update(accessToken).digest("base64url") }),
        ...claims,
      })
        .setProtectedHeader({ alg, typ: "dpop+jwt", jwk, ...header })
        .sign(privateKey),
  };
}

/** A nonce of the server, as it gives one to whoever sends none. */
export async function dpopNonce(issuer: string, key: DpopKey, url = issuer): Promise<string> {
  const refused = await tokenRequest(
    url,
    { grant_type: "refresh_token", refresh_token: "none" },
    { headers: { dpop: await key.proof(`${issuer}/oauth2/token`) } },
  );
  return refused.headers.get("dpop-nonce") ?? "";
}

/** A token request with a proof, with the nonce that the server wants. */
export async function dpopTokenRequest(
  issuer: string,
  key: DpopKey,
  form: Record<string, string | undefined>,
  proof?: string,
): Promise<TokenAnswer> {
  const nonce = await dpopNonce(issuer, key);
  const dpop = proof ?? (await key.proof(`${issuer}/oauth2/token`, { nonce }));
  return await tokenRequest(issuer, form, { headers: { dpop } });
}
