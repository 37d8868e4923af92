import { replaceConfiguredSecrets } from "../access/client-secrets.ts";
import { MOST_SECRETS } from "../credentials/client-secret.ts";
import type { Database } from "../database/index.ts";
import { IdentityError } from "../identity-error.ts";
import { listed } from "./listed.ts";
import type { ApplicationSettings } from "./settings.ts";

/**
 * Makes the applications follow the settings.
 *
 * @throws IdentityError `settings_invalid` when an application would have more than two secrets.
 */
export async function applyApplications(
  trx: Database,
  applications: readonly ApplicationSettings[],
  now: number,
): Promise<void> {
  const clientIds = applications.map((application) => application.clientId);
  await trx.deleteFrom("applications").where("client_id", "not in", listed(clientIds)).execute();
  for (const application of applications) {
    const values = {
      name: application.name,
      type: application.type,
      redirect_uris: JSON.stringify(application.redirectUris),
      post_logout_redirect_uris: JSON.stringify(application.postLogoutRedirectUris),
      home_uri: application.homeUri,
      authentication: application.authentication,
      jwks: application.jwks && JSON.stringify(application.jwks),
      pkce: application.pkce,
      apis: JSON.stringify(application.apis),
      needs_organization: application.organization === "required" ? (1 as const) : (0 as const),
    };
    await trx
      .insertInto("applications")
      .values({ client_id: application.clientId, ...values })
      .onConflict((conflict) => conflict.column("client_id").doUpdateSet(values))
      .execute();
    await applySecrets(trx, application, now);
  }
}

async function applySecrets(trx: Database, application: ApplicationSettings, now: number): Promise<void> {
  const { clientId, authentication, secrets } = application;
  if (authentication !== "secret") {
    await trx.deleteFrom("client_secrets").where("client_id", "=", clientId).execute();
    return;
  }
  const count = await replaceConfiguredSecrets(trx, clientId, secrets, now);
  if (count <= MOST_SECRETS) return;
  throw new IdentityError(
    "settings_invalid",
    `The application ${clientId} would have ${count} secrets: ${secrets.length} of the configuration and those that were made by command. ${MOST_SECRETS} are valid at a time. Revoke one with: hallpass apps secret revoke ${clientId}`,
  );
}
