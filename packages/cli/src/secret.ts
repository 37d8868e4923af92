import { usageError } from "./cli-error.ts";

const minimumLength = 32;

/**
 * The secret that `hallpass serve` encrypts its keys with.
 * @throws {CliError} when it is missing or too short to be one
 */
export function requireSecret(secret: string | undefined): string {
  const fix =
    "make one with: openssl rand -base64 32. Put it into the environment as HALLPASS_SECRET and keep it: without it the keys in the data folder are lost.";
  if (secret === undefined || secret === "") {
    throw usageError(
      "secret_missing",
      "hallpass serve needs HALLPASS_SECRET: it encrypts the keys in the data folder.",
      fix,
    );
  }
  if (secret.length < minimumLength) {
    throw usageError(
      "secret_too_short",
      `HALLPASS_SECRET has ${secret.length} characters; at least ${minimumLength} are needed.`,
      fix,
    );
  }
  return secret;
}
