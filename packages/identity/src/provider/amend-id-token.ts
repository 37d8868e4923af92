import { compactVerify, importJWK, SignJWT } from "jose";
import type { Keys } from "./key-ring.ts";
import type { TokenAnswer } from "./refresh-rotation.ts";
import type { SigningKey } from "./signing-keys.ts";

type Claims = Record<string, unknown>;

/**
 * Signs the ID token of an answer anew with other claims: the provider has no place to say them. It stays as it is
 * when `change` returns the claims that it was given.
 */
export async function amendIdToken(
  answer: TokenAnswer,
  keys: Keys,
  change: (claims: Claims) => Claims | Promise<Claims>,
): Promise<void> {
  if (typeof answer.id_token !== "string") return;
  const { payload, protectedHeader } = await compactVerify(answer.id_token, keys.verifying);
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Claims;
  const changed = await change(claims);
  if (changed === claims) return;
  const key = keys.published.find(({ kid }) => kid === protectedHeader.kid) as SigningKey;
  answer.id_token = await new SignJWT(changed)
    .setProtectedHeader({ ...protectedHeader, alg: key.alg })
    .sign(await importJWK(key, key.alg));
}
