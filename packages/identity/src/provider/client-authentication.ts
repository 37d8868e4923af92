import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isSecretOf } from "../access/client-secrets.ts";
import { type Application, findApplication } from "../access/index.ts";
import { appendEvent } from "../audit/audit-log.ts";
import { hashedKey, sourceOf } from "../credentials/source.ts";
import { admit, CLIENT_RULES } from "../credentials/throttle.ts";
import type { Database } from "../database/index.ts";
import { assertionProblem } from "./client-assertion.ts";
import {
  CREDENTIAL_PARAMETERS,
  type PresentedCredentials,
  presentedCredentials,
} from "./client-credentials-in-request.ts";

/** An application that has shown who it is, or of which nothing has to be shown. */
export interface AuthenticatedClient {
  application: Application;
  /** The form as the provider is to see it: with the client id, and without the application's credentials. */
  form: URLSearchParams;
}

/** An error response of an endpoint that applications call (RFC 6749 section 5.2). */
export interface ClientRefusal {
  status: number;
  error: string;
  description: string;
  headers?: Record<string, string>;
  /** Whose pages may read the refusal. */
  application?: Application | undefined;
}

/** Finds out which application sends a request to the token endpoint or one of its neighbours. */
export interface ClientAuthentication {
  /** What the provider takes for the secret of every confidential application, in this process. */
  readonly providerSecret: string;
  /** @param request with the headers of the front door: its forwarding headers can be trusted. */
  authenticate(request: IncomingMessage, form: URLSearchParams): Promise<AuthenticatedClient | ClientRefusal>;
}

/**
 * Client authentication in one place, for the provider's endpoints and our own.
 *
 * The provider compares secrets with what it knows of a client, and here nobody knows them: only hashes are kept,
 * two of them while one secret replaces another. So the comparison is made in front of it, and the provider is
 * handed a random secret of this process for an application that has passed. An application that does not exist
 * costs the same work as a wrong secret, and both get the same answer.
 */
export function createClientAuthentication(options: { issuer: string; db: Database }): ClientAuthentication {
  const { issuer, db } = options;
  const providerSecret = randomBytes(32).toString("base64url");

  /** @returns what is wrong, for the application's developer. */
  async function problemWith(
    application: Application | undefined,
    presented: PresentedCredentials,
  ): Promise<string | undefined> {
    const { clientId, kind } = presented;
    if (kind === "none") {
      if (clientId === "") return "name the application by client_id";
      if (!application) return "there is no application with this client_id";
      if (application.authentication === "none") return undefined;
      return application.authentication === "secret"
        ? "this application has to authenticate with its secret"
        : "this application has to authenticate with a signed assertion (private_key_jwt)";
    }
    if (kind === "secret") {
      const known = await isSecretOf(db, clientId, presented.secret);
      if (application?.authentication === "none") {
        return "this application is a public client and has no secret: leave the secret out";
      }
      return application?.authentication === "secret" && known
        ? undefined
        : "the client id or the secret is wrong";
    }
    if (application?.authentication !== "private_key_jwt" || !application.jwks) {
      return "there is no application with this client_id whose keys are registered";
    }
    const problem = await assertionProblem(
      db,
      presented.assertion,
      { clientId, jwks: application.jwks },
      issuer,
    );
    return problem && `the client_assertion is refused: ${problem}`;
  }

  /**
   * Right credentials are let in however many wrong ones came before: no number of guesses finds 256 bits, so to
   * refuse them would only let a stranger who knows a client id stop that application. What is bounded is the
   * work and the log that wrong ones make.
   */
  async function refuse(
    request: IncomingMessage,
    application: Application | undefined,
    { clientId, kind }: PresentedCredentials,
    description: string,
  ): Promise<ClientRefusal> {
    const remoteAddress = remoteAddressOf(request);
    const source = sourceOf(remoteAddress);
    const now = Date.now();
    const counters = [
      { key: hashedKey("client", clientId, source), rule: CLIENT_RULES.client },
      { key: hashedKey("client-source", source), rule: CLIENT_RULES.source },
    ];
    const admission = await admit(db, counters, now);
    if (!admission.admitted) {
      return {
        status: 429,
        error: "temporarily_unavailable",
        description: `too many failed authentications: try again in ${admission.retryAfter} seconds`,
        headers: { "retry-after": String(admission.retryAfter) },
      };
    }
    await appendEvent(db, {
      type: "client_authentication",
      outcome: "failed",
      source: remoteAddress,
      detail: { method: kind },
      now,
      ...(application ? { clientId } : {}),
    });
    return {
      status: 401,
      error: "invalid_client",
      description,
      application,
      ...(request.headers.authorization === undefined
        ? {}
        : { headers: { "www-authenticate": `Basic realm="${issuer}", error="invalid_client"` } }),
    };
  }

  return {
    providerSecret,
    async authenticate(request, received) {
      const presented = presentedCredentials(request, received);
      if (typeof presented === "string") {
        return { status: 400, error: "invalid_request", description: presented };
      }
      const application = await findApplication(db, presented.clientId);
      const problem = await problemWith(application, presented);
      if (problem !== undefined) return await refuse(request, application, presented, problem);
      // Without a problem there is an application.
      const known = application as Application;
      const form = new URLSearchParams(received);
      for (const name of CREDENTIAL_PARAMETERS) form.delete(name);
      form.set("client_id", known.clientId);
      if (known.authentication !== "none") form.set("client_secret", providerSecret);
      return { application: known, form };
    },
  };
}

/** Where a request comes from: the front door leaves a forwarding header only where a proxy is trusted. */
function remoteAddressOf(request: IncomingMessage): string {
  const forwarded = String(request.headers["x-forwarded-for"] ?? "");
  return forwarded.split(",").at(-1)?.trim() || (request.socket.remoteAddress ?? "");
}
