import type { FaceName } from "../settings/config.ts";
import { auth0Face } from "./auth0.ts";
import type { Face } from "./face.ts";
import { kindeFace } from "./kinde.ts";
import { standardFace } from "./standard.ts";

export type { Claims, ClientFacts, Face, FaceRoutesOptions, IdTokenFacts, TokenFacts } from "./face.ts";

const FACES: Record<FaceName, Face> = { auth0: auth0Face, kinde: kindeFace };

/** The face that a configuration names; OpenID Connect's own without a name. */
export function faceNamed(name: FaceName | null): Face {
  return name === null ? standardFace : FACES[name];
}
