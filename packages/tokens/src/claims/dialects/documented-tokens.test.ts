import { describe, expect, it } from "vitest";
import { type DocumentedToken, documentedTokens } from "../../../test/documented-tokens.ts";
import { keySet, NOW, signed, testKey } from "../../../test/mint.ts";
import { createVerifier, type Verifier } from "../../verifier.ts";
import type { VerifierOptions } from "../../verifier-options.ts";
import { decodeClaims } from "../decode-claims.ts";
import { createClaimReaders } from "../readers.ts";
import { dialectFor, dialects } from "./index.ts";

function verifierFor({ options, algorithm = "RS256" }: DocumentedToken, extra: object = {}): Verifier {
  return createVerifier({
    ...options,
    algorithms: [algorithm],
    keys: keySet(testKey(algorithm)),
    clock: () => NOW,
    ...extra,
  } as VerifierOptions as never);
}

const jwtOf = ({ claims, header, algorithm = "RS256" }: DocumentedToken): string =>
  signed(testKey(algorithm), claims, header);

describe.each(
  documentedTokens.map((token) => [`${token.dialect} ${token.variant ?? ""}`.trim(), token] as const),
)("a token of %s", (_, documented) => {
  const { read, options, dialect } = documented;

  it("is accepted and read, with the dialect told from the issuer's address", async () => {
    expect(dialectFor(options.issuer).name).toBe(dialect);
    const token = await verifierFor(documented).verify(jwtOf(documented));
    const { flags, roles, ...plain } = read;
    expect(token).toMatchObject(plain);
    if (roles !== undefined) {
      expect(token.getRoles()).toEqual(roles);
      expect(token.roles).toEqual(roles.map(({ key }) => key));
    }
    expect(token.getOrganization()).toEqual({ orgCode: read.organization ?? null });
    expect(token.getPermissions().permissions).toEqual(read.permissions ?? token.permissions);
    for (const [code, value] of Object.entries(flags ?? {})) expect(token.getFlag(code).value).toBe(value);
  });

  it("is read the same without verification, and with the dialect named", async () => {
    const accessToken = decodeClaims(jwtOf(documented));
    const named = dialects.has(dialect) ? { dialect: dialect as "kinde" } : {};
    for (const readers of [
      createClaimReaders({ accessToken }),
      createClaimReaders({ accessToken, ...named }),
    ]) {
      expect(readers.getOrganization().orgCode).toBe(read.organization ?? null);
      if (read.permissions !== undefined)
        expect(readers.getPermissions().permissions).toEqual(read.permissions);
      if (read.roles !== undefined) expect(readers.getRoles()).toEqual(read.roles);
    }
  });

  it("of another application or for another API is refused", async () => {
    const extra = options.audience === undefined ? { clientId: "other" } : { audience: "other" };
    const verdict = await verifierFor(documented, extra).tryVerify(jwtOf(documented));
    expect(verdict.ok ? "accepted" : verdict.error.code).toBe("audience_wrong");
  });
});

describe("the application of a token", () => {
  it.each(
    documentedTokens.filter(({ read }) => read.clientId !== undefined).map((t) => [t.dialect, t] as const),
  )("of %s can be asked for with clientId", async (_, documented) => {
    const { clientId } = documented.read;
    const jwt = jwtOf(documented);
    expect((await verifierFor(documented, { clientId }).tryVerify(jwt)).ok).toBe(true);
    expect((await verifierFor(documented, { clientId: "another" }).tryVerify(jwt)).ok).toBe(false);
  });
});

describe("a dialect of one's own", () => {
  it("is used instead of the one that the address says", async () => {
    const documented = documentedTokens[0] as DocumentedToken;
    const mine = {
      ...dialectFor(""),
      name: "mine",
      permissions: () => ["everything"],
      organization: () => "org_mine",
    };
    const token = await verifierFor(documented, { dialect: mine }).verify(jwtOf(documented));
    expect(token.permissions).toEqual(["everything"]);
    expect(token.getPermission("everything")).toEqual({ orgCode: "org_mine", isGranted: true });
  });
});

describe("an ID token sent in place of the access token", () => {
  const iat = NOW / 1000;
  const common = { sub: "alice", iat, exp: iat + 3600 };
  it.each<[string, DocumentedToken["options"], Record<string, unknown>]>([
    [
      // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
      "Cognito",
      { issuer: "https://cognito-idp.eu-west-1.amazonaws.com/p", clientId: "c1" },
      { aud: "c1", token_use: "id", "cognito:username": "alice", event_id: "e" },
    ],
    [
      // https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
      "Entra, where application and API share a registration",
      { issuer: "https://login.microsoftonline.com/t/v2.0", audience: "c1" },
      { aud: "c1", nonce: "n", tid: "t", ver: "2.0", preferred_username: "alice" },
    ],
    [
      // https://www.keycloak.org/docs/latest/server_admin/
      "Keycloak",
      { issuer: "https://id.bookstore.example/realms/books", audience: "c1" },
      { aud: "c1", azp: "c1", typ: "ID", at_hash: "x" },
    ],
    [
      // https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
      "Okta",
      { issuer: "https://bookstore.okta.com/oauth2/default", audience: "c1" },
      { aud: "c1", at_hash: "x", amr: ["pwd"], idp: "00o" },
    ],
  ])("is recognised, of %s", async (_, options, claims) => {
    const verifier = createVerifier({ ...options, keys: keySet(testKey()), clock: () => NOW } as never);
    const jwt = signed(testKey(), { iss: options.issuer, ...common, ...claims }, { typ: "JWT" });
    const verdict = await verifier.tryVerify(jwt);
    expect(verdict.ok ? "accepted" : verdict.error.code).toBe("token_type_wrong");
    expect(verdict.ok ? "" : verdict.error.message).toMatch(/ID token/);
  });
});
