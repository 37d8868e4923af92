import { compactVerify, importJWK, SignJWT } from "jose";
import type { Clock } from "./clock.ts";
import type { Keys } from "./key-ring.ts";
import type { TokenAnswer } from "./refresh-rotation.ts";
import type { SigningKey } from "./signing-keys.ts";

const STAMPS = ["iat", "exp", "auth_time"] as const;

/** Moves the times of the ID token in an answer to where development controls have put the clock. */
export async function moveIdToken(answer: TokenAnswer, keys: Keys, clock: Clock): Promise<void> {
  const offset = clock.offset();
  if (offset === 0 || typeof answer.id_token !== "string") return;
  const { payload, protectedHeader } = await compactVerify(answer.id_token, keys.verifying);
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  for (const name of STAMPS) {
    const stamp = claims[name];
    if (typeof stamp === "number") claims[name] = stamp + offset;
  }
  const key = keys.published.find(({ kid }) => kid === protectedHeader.kid) as SigningKey;
  answer.id_token = await new SignJWT(claims)
    .setProtectedHeader({ ...protectedHeader, alg: key.alg })
    .sign(await importJWK(key, key.alg));
}
