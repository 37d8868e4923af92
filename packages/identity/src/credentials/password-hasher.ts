import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { normalisePassword } from "./password-policy.ts";
import { type Argon2Hash, formatPhc, parsePhc } from "./phc.ts";

const derive = promisify(argon2);

export interface PasswordHasherOptions {
  /** Memory of one hash in KiB; 19456 (19 MiB) if not given, as OWASP recommends with two passes. */
  memory?: number;
  /** Passes over the memory; 2 if not given. */
  passes?: number;
  /** Hashes computed at once; 2 if not given. They run in Node's thread pool, which has four threads for everything. */
  concurrency?: number;
  /** Hashes that may wait for their turn; 64 if not given. */
  queueLimit?: number;
}

/** Hashes and compares passwords, a bounded number at once. */
export interface PasswordHasher {
  /**
   * @returns a PHC string, `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
   * @throws PasswordsBusyError when too many are waiting.
   */
  hash(password: string): Promise<string>;
  /**
   * Compares in constant time. Without a stored hash (no such user) it does the same work and says no.
   *
   * @throws PasswordsBusyError when too many are waiting.
   */
  verify(password: string, stored: string | undefined): Promise<{ ok: boolean; outdated: boolean }>;
}

/** Too many passwords are waiting to be hashed: answer 503 and ask to try again. */
export class PasswordsBusyError extends Error {
  override readonly name = "PasswordsBusyError";
  readonly code = "passwords_busy";
  /** Seconds. */
  readonly retryAfter = 2;

  constructor() {
    super("Too many people are signing in at this moment. Try again in a few seconds.");
  }
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Makes a hasher with its own queue; one for each server. */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { memory = 19_456, passes = 2, concurrency = 2, queueLimit = 64 } = options;
  const inTurn = createQueue(concurrency, queueLimit);
  const noSalt = Buffer.alloc(SALT_BYTES);

  const run = (password: string, parameters: Omit<Argon2Parameters, "message">): Promise<Buffer> =>
    inTurn(() => derive("argon2id", { ...parameters, message: normalisePassword(password) }));

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await run(password, {
        memory,
        passes,
        parallelism: 1,
        nonce: salt,
        tagLength: HASH_BYTES,
      });
      return formatPhc({ memory, passes, parallelism: 1, salt, hash });
    },

    async verify(password, stored) {
      const known: Argon2Hash | undefined = stored === undefined ? undefined : parsePhc(stored);
      const candidate = await run(password, {
        memory: known?.memory ?? memory,
        passes: known?.passes ?? passes,
        parallelism: known?.parallelism ?? 1,
        nonce: known?.salt ?? noSalt,
        tagLength: known?.hash.length ?? HASH_BYTES,
      });
      if (known === undefined) return { ok: false, outdated: false };
      return {
        ok: timingSafeEqual(candidate, known.hash),
        outdated: known.memory !== memory || known.passes !== passes || known.parallelism !== 1,
      };
    },
  };
}

function createQueue(
  concurrency: number,
  limit: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= limit) throw new PasswordsBusyError();
      // Whoever finishes hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
