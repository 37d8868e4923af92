import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  addClientSecret,
  type ClientSecret,
  listClientSecrets,
  removeClientSecret,
} from "./access/client-secrets.ts";
import { type Application, findApplication, listApplications } from "./access/index.ts";
import { appendEvent } from "./audit/audit-log.ts";
import { MOST_SECRETS } from "./credentials/client-secret.ts";
import { IdentityError } from "./identity-error.ts";
import { openData } from "./start-up.ts";

/** An application with its secrets, of which nobody can see more than that they are there. */
export interface RegisteredApplication extends Application {
  secrets: ClientSecret[];
}

/** The applications in a data folder. */
export interface Applications extends AsyncDisposable {
  /** All of them, by client id. */
  list(): Promise<RegisteredApplication[]>;
  /**
   * @throws IdentityError `application_unknown`
   */
  find(clientId: string): Promise<RegisteredApplication>;
  /**
   * Makes another secret, which is valid at once.
   *
   * @returns the secret: it is kept nowhere and cannot be shown again.
   * @throws IdentityError `application_unknown`, `secret_not_used`, `secret_limit`
   */
  addSecret(clientId: string): Promise<{ id: string; secret: string }>;
  /**
   * Ends a secret at once. Tokens that it was exchanged for stay valid until they expire.
   *
   * @param id may be left out when the application has one secret.
   * @returns its id.
   * @throws IdentityError `application_unknown`, `secret_unknown`, `secret_in_settings`
   */
  revokeSecret(clientId: string, id?: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens the applications in the data folder of a server, whether or not it runs. They are those of the configuration
 * that the server last started with.
 *
 * @throws IdentityError `data_missing`, `data_unwritable`, `data_corrupt`, `data_newer`, `data_busy`
 */
export async function openApplications(options: { dataDir: string }): Promise<Applications> {
  const { dataDir } = options;
  if (!existsSync(join(dataDir, "hallpass.sqlite"))) {
    throw new IdentityError(
      "data_missing",
      `There is no data of an identity server in ${dataDir}. Start the server there once, or name its folder.`,
    );
  }
  const db = await openData(dataDir);

  async function find(clientId: string): Promise<RegisteredApplication> {
    const application = await findApplication(db, clientId);
    if (!application) {
      throw new IdentityError(
        "application_unknown",
        `There is no application ${JSON.stringify(clientId)} here. Applications come from the configuration when the server starts; those that are there: hallpass apps list`,
      );
    }
    return { ...application, secrets: await listClientSecrets(db, clientId) };
  }

  return {
    find,
    async list() {
      const applications = await listApplications(db);
      return await Promise.all(applications.map(({ clientId }) => find(clientId)));
    },

    async addSecret(clientId) {
      const { authentication, type } = await find(clientId);
      if (authentication !== "secret") throw withoutSecret(clientId, type, authentication);
      const added = await addClientSecret(db, clientId);
      if (!added) {
        throw new IdentityError(
          "secret_limit",
          `The application ${clientId} has ${MOST_SECRETS} secrets already, one and its successor. Revoke the one that is no longer used: hallpass apps secret list ${clientId}`,
        );
      }
      await appendEvent(db, {
        type: "client_secret_added",
        outcome: "ok",
        clientId,
        detail: { secret: added.id },
      });
      return added;
    },

    async revokeSecret(clientId, id) {
      const { secrets } = await find(clientId);
      const secret = secrets.find((each) => (id === undefined ? secrets.length === 1 : each.id === id));
      if (!secret) {
        const ids = secrets.map((each) => each.id).join(", ");
        throw new IdentityError(
          "secret_unknown",
          id === undefined && secrets.length > 1
            ? `The application ${clientId} has several secrets. Say which: ${ids}`
            : `The application ${clientId} has no ${id === undefined ? "secret" : "such secret"}.${ids ? ` It has ${ids}.` : ""}`,
        );
      }
      if (secret.fromSettings) {
        throw new IdentityError(
          "secret_in_settings",
          `The secret ${secret.id} stands in the configuration. Remove it there and start the server again.`,
        );
      }
      await removeClientSecret(db, clientId, secret.id);
      await appendEvent(db, {
        type: "client_secret_revoked",
        outcome: "ok",
        clientId,
        detail: { secret: secret.id },
      });
      return secret.id;
    },

    close: () => db.close(),
    [Symbol.asyncDispose]: () => db.close(),
  };
}

function withoutSecret(
  clientId: string,
  type: Application["type"],
  authentication: Application["authentication"],
): IdentityError {
  const why =
    authentication === "private_key_jwt"
      ? "authenticates with its keys (jwks)"
      : type === "web"
        ? "is a public client. Write confidential: true in its configuration and start the server again"
        : `is of the type "${type}", which keeps no secret`;
  return new IdentityError("secret_not_used", `The application ${clientId} ${why}.`);
}
