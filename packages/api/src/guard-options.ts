import { createVerifier, type JwtClaims, type Verifier, type VerifierOptions } from "@hallpass/tokens";
import type { Policy } from "./decision.ts";
import {
  checkIsObject,
  checkRequirements,
  type GuardRequirements,
  type Requirements,
} from "./requirements.ts";

/** What every guard takes, besides where its tokens come from. */
export interface GuardSettings {
  /** The name of the protected area in `WWW-Authenticate`. Default: the audience, or `api`. */
  readonly realm?: string;
}

/** What `createGuard` takes: the options of `createVerifier`, or a verifier that you have already. */
export type GuardOptions<Claims extends object = JwtClaims> = GuardSettings &
  (VerifierOptions<Claims> | { readonly verifier: Verifier<Claims> });

/** The options, checked and completed. */
export interface GuardCore<Claims extends object> {
  readonly realm: string;
  /** @throws {TypeError} for requirements that cannot be meant */
  policy(requirements: GuardRequirements<Claims>): Policy<Claims>;
}

/** @throws {TypeError} which names the option; `VerifierOptionError` for those of the verifier */
export function createGuardCore<Claims extends object>(options: GuardOptions<Claims>): GuardCore<Claims> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("createGuard: expected options such as { issuer, audience }");
  }
  const { realm, ...rest } = options;
  const verifier = verifierFrom(rest);
  return {
    realm: checkedRealm(realm ?? defaultRealm(rest)),
    policy(wanted) {
      checkIsObject(wanted);
      const { optional, ...requirements } = wanted;
      checkRequirements(requirements);
      if (optional !== undefined && typeof optional !== "boolean") {
        throw new TypeError("guard: optional must be true or false");
      }
      // The check above knows nothing of this guard's claims, which only `where` sees.
      return { verifier, optional: optional ?? false, requirements: requirements as Requirements<Claims> };
    },
  };
}

/**
 * Notices a guard that is used as a middleware without having been called.
 *
 * @throws {TypeError} which shows the call
 */
export function checkCalled(argumentCount: number): void {
  if (argumentCount > 1) {
    throw new TypeError("guard is not a middleware itself: call it, guard(), and use what it returns");
  }
}

function verifierFrom<Claims extends object>(
  options: VerifierOptions<Claims> | { readonly verifier: Verifier<Claims> },
): Verifier<Claims> {
  if (!("verifier" in options)) return createVerifier(options);
  const others = Object.keys(options).filter((name) => name !== "verifier");
  if (others.length > 0) {
    throw new TypeError(`createGuard: ${others.join(", ")} must be given to the verifier, not beside it`);
  }
  if (typeof options.verifier?.tryVerify !== "function") {
    throw new TypeError("createGuard: verifier must be what createVerifier returns");
  }
  return options.verifier;
}

function defaultRealm(options: object): string {
  const audience = "audience" in options ? options.audience : undefined;
  return typeof audience === "string" && quotable.test(audience) ? audience : "api";
}

/** What fits a quoted string without escapes (RFC 9110 section 5.6.4). */
const quotable = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

function checkedRealm(realm: unknown): string {
  if (typeof realm === "string" && quotable.test(realm)) return realm;
  throw new TypeError("createGuard: realm must be printable ASCII without double quotes and backslashes");
}
