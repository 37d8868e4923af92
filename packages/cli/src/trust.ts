import { decodeClaims } from "@hallpass/tokens/claims";
import { developmentAddress } from "./address.ts";
import { type CliError, usageError } from "./cli-error.ts";
import { loadConfig } from "./config-file.ts";
import { configOf, dataFolder, readInstance } from "./data-folder.ts";
import { printable } from "./terminal.ts";

export interface TrustOptions {
  issuer?: string | undefined;
  audience?: string[] | undefined;
  clientId?: string | undefined;
  config?: string | undefined;
  data?: string | undefined;
}

/** Whose tokens are accepted, and for what: `audience` or `clientId` or both are there. */
export interface Trust {
  readonly issuer: string;
  readonly audience?: readonly string[];
  readonly clientId?: string;
}

/**
 * Settles what a token is checked against: options and environment first, then the config of the folder and the
 * address its `hallpass dev` last had.
 *
 * @param token is only read to say in the error which audience it names
 * @returns nothing when no issuer is to be found
 * @throws {CliError} when there is an issuer, but no audience
 */
export async function trustFor(
  token: string,
  options: TrustOptions,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Trust | undefined> {
  const { clientId } = options;
  const givenIssuer = options.issuer ?? (env.HALLPASS_ISSUER || undefined);
  const givenAudience =
    options.audience ?? (clientId === undefined ? listOf(env.HALLPASS_AUDIENCE) : undefined);
  const complete = givenIssuer !== undefined && (givenAudience ?? clientId) !== undefined;
  const folder = complete ? undefined : await trustOfFolder(options, cwd);

  const issuer = givenIssuer ?? folder?.issuer;
  const audience = givenAudience ?? (clientId === undefined ? folder?.audience : undefined) ?? [];
  if (issuer === undefined) return undefined;
  if (audience.length === 0 && clientId === undefined) {
    throw audienceMissing(claimOf(token, "aud"));
  }
  return {
    issuer,
    ...(audience.length === 0 ? {} : { audience }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

function listOf(value: string | undefined): string[] | undefined {
  return value === undefined || value === "" ? undefined : [value];
}

async function trustOfFolder(
  options: TrustOptions,
  cwd: string,
): Promise<{ issuer: string; audience: string[] } | undefined> {
  const instance = readInstance(dataFolder(cwd, options.data));
  const loaded = await loadConfig(cwd, options.config ?? configOf(instance));
  if (loaded === undefined && instance === undefined) return undefined;
  const config = loaded?.config ?? (await import("./default-config.ts")).defaultConfig;
  return {
    issuer: instance?.issuer ?? config.issuer ?? developmentAddress(config, {}).issuer,
    audience: (config.apis ?? []).map((api) => api.audience),
  };
}

function audienceMissing(claim: string | undefined): CliError {
  const hint = claim === undefined ? "" : ` The token names ${claim}: pass that only if it is your API.`;
  return usageError(
    "audience_missing",
    `There is no audience to check the token against.${hint}`,
    "give it as --audience NAME, HALLPASS_AUDIENCE or --client-id ID, or run the command in a folder with hallpass.config.ts.",
  );
}

/** What an unverified token claims, for a hint. */
export function claimOf(token: string, name: "iss" | "aud"): string | undefined {
  try {
    const claim: unknown = decodeClaims(token)[name];
    const text = Array.isArray(claim) ? claim.join(", ") : claim;
    return typeof text === "string" && text !== "" && text.length <= 200 ? printable(text) : undefined;
  } catch {
    return undefined;
  }
}
