import type { IncomingMessage } from "node:http";
import { ASSERTION_TYPE } from "./client-assertion.ts";

/** What a request shows about the application that sends it (RFC 6749 section 2.3, RFC 7523 section 2.2). */
export type PresentedCredentials =
  | { kind: "none"; clientId: string }
  | { kind: "secret"; clientId: string; secret: string }
  | { kind: "assertion"; clientId: string; assertion: string };

/** Parameters that carry them. */
export const CREDENTIAL_PARAMETERS = [
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
] as const;

/** Reads who sends a request and what they show for it; a text says why that cannot be told. */
export function presentedCredentials(
  request: IncomingMessage,
  form: URLSearchParams,
): PresentedCredentials | string {
  const repeated = CREDENTIAL_PARAMETERS.find((name) => form.getAll(name).length > 1);
  if (repeated) return `'${repeated}' parameter must not be provided twice`;
  const value = (name: (typeof CREDENTIAL_PARAMETERS)[number]) => form.get(name) || undefined;
  const clientId = value("client_id");
  const secret = value("client_secret");
  const assertion = value("client_assertion");
  const headers = request.headersDistinct.authorization ?? [];
  const ways = [headers[0], secret, assertion].filter((each) => each !== undefined);
  if (ways.length > 1 || headers.length > 1) {
    return "authenticate in one way: the Authorization header, client_secret or client_assertion";
  }
  if (headers[0] !== undefined) {
    const basic = readBasic(headers[0]);
    if (!basic) return "the Authorization header must be: Basic base64(client_id:client_secret)";
    return differing(clientId, basic.clientId) ?? { kind: "secret", ...basic };
  }
  if (assertion !== undefined) {
    if (value("client_assertion_type") !== ASSERTION_TYPE) {
      return `client_assertion_type must be ${ASSERTION_TYPE}`;
    }
    const subject = subjectOf(assertion);
    if (subject === undefined) return "the client_assertion is not a JWT with a sub";
    return differing(clientId, subject) ?? { kind: "assertion", clientId: subject, assertion };
  }
  if (clientId === undefined) return { kind: "none", clientId: "" };
  return secret === undefined ? { kind: "none", clientId } : { kind: "secret", clientId, secret };
}

function differing(named: string | undefined, shown: string): string | undefined {
  return named === undefined || named === shown
    ? undefined
    : "client_id is not the application that the credentials are of";
}

/** Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function readBasic(header: string): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,8192}={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) return undefined;
  try {
    const [clientId, secret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll("+", " ")),
    );
    return clientId && secret ? { clientId, secret } : undefined;
  } catch {
    return undefined;
  }
}

/** Whom an assertion claims to be of; nothing else of it counts before its signature is checked. */
function subjectOf(assertion: string): string | undefined {
  try {
    const payload = Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString("utf8");
    const { sub } = JSON.parse(payload) as { sub?: unknown };
    return typeof sub === "string" && sub !== "" ? sub : undefined;
  } catch {
    return undefined;
  }
}
