import { randomBytes } from "node:crypto";
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrant,
  discovery,
} from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf } from "../packages/identity/test/identity.ts";
import { AUDIENCE, type Issuer, startIssuer } from "./support/identity.ts";

const clientId = "night-import";
const secret = randomBytes(24).toString("hex");

describe.each([
  ["OpenID Connect's own face", {}],
  ["Auth0's face", { face: "auth0" }],
] as const)("openid-client of a machine, at %s,", (_name, face) => {
  let issuer: Issuer;

  beforeAll(async () => {
    issuer = await startIssuer({
      config: {
        ...face,
        applications: [{ clientId, type: "machine", secret, apis: [{ audience: AUDIENCE }] }],
      },
    });
  });
  afterAll(() => issuer.close());

  const configure = (authentication: ReturnType<typeof ClientSecretPost>) =>
    discovery(new URL(issuer.url), clientId, undefined, authentication, { execute: [allowInsecureRequests] });

  test.each([
    ["in the form", ClientSecretPost],
    ["in the header", ClientSecretBasic],
  ])("gets a token in its own name with its secret %s", async (_where, authentication) => {
    const config = await configure(authentication(secret));
    const tokens = await clientCredentialsGrant(config, { resource: AUDIENCE });
    expect(claimsOf(tokens.access_token)).toMatchObject({
      iss: issuer.identity.issuer,
      aud: [AUDIENCE],
      client_id: clientId,
    });
  });

  test("gets none with another secret", async () => {
    const config = await configure(ClientSecretPost(`${secret}x`));
    await expect(clientCredentialsGrant(config, { resource: AUDIENCE })).rejects.toMatchObject({
      error: "invalid_client",
    });
  });
});
