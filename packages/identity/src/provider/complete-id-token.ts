import { decodeJwt } from "jose";
import type { Database } from "../database/index.ts";
import type { Face } from "../faces/index.ts";
import { amendIdToken } from "./amend-id-token.ts";
import type { Clock } from "./clock.ts";
import { movedStamps } from "./id-token-clock.ts";
import type { Keys } from "./key-ring.ts";
import type { TokenAnswer } from "./refresh-rotation.ts";

/** Makes the ID token of an answer what the face says it is, at the time that development controls say it is. */
export async function completeIdToken(
  answer: TokenAnswer,
  options: { db: Database; face: Face; keys: Keys; clock: Clock },
): Promise<void> {
  const { db, face, keys, clock } = options;
  const { access_token: accessToken } = answer;
  if (typeof accessToken !== "string") return;
  const { client_id, sub, org_code, auth_time } = decodeJwt(accessToken);
  await amendIdToken(answer, keys, (claims) =>
    face.idTokenClaims(movedStamps(claims, clock), {
      db,
      clientId: String(client_id),
      userId: sub,
      accessToken,
      authTime: typeof auth_time === "number" ? auth_time : undefined,
      organization: typeof org_code === "string" ? org_code : undefined,
    }),
  );
}
