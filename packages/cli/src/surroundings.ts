import { developmentAddress } from "./address.ts";
import { loadConfig } from "./config-file.ts";
import { configOf, dataFolder, readInstance } from "./data-folder.ts";

/** What the environment and the folder of the command say about an application. */
export interface Surroundings {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly audience?: string | undefined;
  /** Where its pages are. */
  readonly app?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly logoutUri?: string | undefined;
}

/**
 * The first single-page application and the first API of the folder's config, and what the environment says instead.
 * An issuer that is named (by an option or the environment) has nothing to do with the folder's config.
 */
export async function surroundings(
  options: { issuer?: string; config?: string; data?: string },
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Surroundings> {
  const named = {
    issuer: env.HALLPASS_ISSUER || undefined,
    clientId: env.HALLPASS_CLIENT_ID || undefined,
    audience: env.HALLPASS_AUDIENCE || undefined,
  };
  if (options.issuer !== undefined || named.issuer !== undefined) return named;
  const instance = readInstance(dataFolder(cwd, options.data));
  const loaded = await loadConfig(cwd, options.config ?? configOf(instance));
  if (loaded === undefined && instance === undefined) return named;
  const config = loaded?.config ?? (await import("./default-config.ts")).defaultConfig;
  const application = config.applications?.find(({ type }) => type === "spa");
  const redirectUri = application?.redirectUris?.[0];
  return {
    issuer: instance?.issuer ?? config.issuer ?? developmentAddress(config, {}).issuer,
    clientId: named.clientId ?? application?.clientId,
    audience: named.audience ?? config.apis?.[0]?.audience,
    app: application?.homeUri ?? redirectUri,
    redirectUri,
    logoutUri: application?.postLogoutRedirectUris?.[0],
  };
}
