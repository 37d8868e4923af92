import { randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { type Api, findApi } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import type { Face } from "../faces/index.ts";
import { IdentityError } from "../identity-error.ts";
import { accessTokenClaims } from "./access-token-claims.ts";
import type { Clock } from "./clock.ts";
import type { KeyRing } from "./key-ring.ts";
import { algorithmsDiffer, commonAlgorithm } from "./token-algorithm.ts";

const SCOPE = "openid profile email";

/** What signs tokens outside of a sign-in. */
export interface TokenSigner {
  issuer: string;
  db: Database;
  face: Face;
  keyRing: KeyRing;
  clock: Clock;
}

export interface DirectTokenInput {
  userId: string;
  clientId: string;
  /** Audiences; all must be registered. */
  audience: readonly string[];
  organization?: string;
  /** Seconds. */
  expiresIn: number;
}

/**
 * Signs an access token for a user without a sign-in, for curl and for tests of an API. It belongs to no grant,
 * so it ends when it expires and not before.
 *
 * @throws IdentityError `audience_unknown`, `audiences_differ`, `organization_unknown`
 */
export async function signAccessToken(
  { issuer, db, face, keyRing, clock }: TokenSigner,
  input: DirectTokenInput,
): Promise<string> {
  const apis: Api[] = [];
  for (const audience of input.audience) {
    const api = await findApi(db, audience);
    if (!api) {
      throw new IdentityError(
        "audience_unknown",
        `The audience ${JSON.stringify(audience)} is not registered. Add it to apis in the configuration, or name one that is there.`,
      );
    }
    apis.push(api);
  }
  const algorithm = commonAlgorithm(apis);
  if (!algorithm) throw new IdentityError("audiences_differ", `${algorithmsDiffer(apis)}.`);
  const claims = await accessTokenClaims(db, face, {
    userId: input.userId,
    clientId: input.clientId,
    scope: SCOPE,
    target: {
      audience: input.audience,
      ...(input.organization === undefined ? {} : { organization: input.organization }),
    },
  });
  if (!claims) {
    throw new IdentityError(
      "organization_unknown",
      `The user is not a member of an organization ${JSON.stringify(input.organization)}.`,
    );
  }
  const key = keyRing.current().signing(algorithm);
  const now = Math.floor(clock.now() / 1000);
  return await new SignJWT({
    ...claims,
    iss: issuer,
    sub: input.userId,
    client_id: input.clientId,
    scope: SCOPE,
    jti: randomUUID(),
    iat: now,
    exp: now + input.expiresIn,
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "at+jwt" })
    .sign(await importJWK(key, key.alg));
}
