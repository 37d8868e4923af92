import { describe, expect, test } from "vitest";
import { familyOf, type IssuerMetadata } from "./issuer.ts";
import { signOutUrl } from "./sign-out.ts";

const request = {
  clientId: "web",
  idToken: "an.id.token",
  postLogoutRedirectUri: "https://app.example/bye",
  allSessions: undefined,
};
const issuer = (base: string, more: Partial<IssuerMetadata> = {}): IssuerMetadata => ({
  issuer: base,
  authorization_endpoint: `${base}/authorize`,
  token_endpoint: `${base}/token`,
  ...more,
});

describe("the address of the issuer's sign-out", () => {
  test("is the end_session_endpoint with hint, client and target", () => {
    const metadata = issuer("https://auth.example", { end_session_endpoint: "https://auth.example/end?x=1" });
    const url = new URL(signOutUrl(metadata, request) ?? "");
    expect(url.origin + url.pathname).toBe("https://auth.example/end");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      x: "1",
      id_token_hint: "an.id.token",
      client_id: "web",
      post_logout_redirect_uri: "https://app.example/bye",
    });
  });

  test("is Kinde's own, with its own name for the target", () => {
    const url = new URL(
      signOutUrl(issuer("https://books.kinde.com"), { ...request, allSessions: true }) ?? "",
    );
    expect(url.origin + url.pathname).toBe("https://books.kinde.com/logout");
    expect(url.searchParams.get("redirect")).toBe("https://app.example/bye");
    expect(url.searchParams.get("all_sessions")).toBe("true");
  });

  test("is Auth0's own, where it has no end_session_endpoint", () => {
    const url = new URL(signOutUrl(issuer("https://books.eu.auth0.com/"), request) ?? "");
    expect(url.origin + url.pathname).toBe("https://books.eu.auth0.com/v2/logout");
    expect(url.searchParams.get("returnTo")).toBe("https://app.example/bye");
    expect(url.searchParams.get("client_id")).toBe("web");
  });

  test("is the application's, where the issuer has none; or nowhere", () => {
    expect(signOutUrl(issuer("https://auth.example"), request)).toBe("https://app.example/bye");
    const nowhere = { ...request, postLogoutRedirectUri: undefined };
    expect(signOutUrl(issuer("https://auth.example"), nowhere)).toBeUndefined();
  });
});

describe("the family of an issuer", () => {
  test.each([
    ["kinde", issuer("https://books.kinde.com")],
    ["kinde", issuer("https://auth.example", { scopes_supported: ["openid", "offline"] })],
    ["kinde", issuer("http://localhost:4300", { refresh_token_transports_supported: ["body", "cookie"] })],
    ["auth0", issuer("https://books.auth0.com/")],
    ["auth0", issuer("https://auth.example", { token_endpoint: "https://auth.example/oauth/token" })],
    ["oauth", issuer("https://keycloak.example/realms/books")],
    ["oauth", issuer("https://kinde.com.evil.example")],
  ])("%s", (family, metadata) => {
    expect(familyOf(metadata)).toBe(family);
  });
});
