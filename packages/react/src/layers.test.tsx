import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Auth0Provider, useAuth0 } from "./auth0/index.ts";
import { KindeProvider, LoginLink, ProtectedRoute, useKindeAuth } from "./kinde/index.ts";

const kinde = { domain: "https://auth.example", clientId: "web", redirectUri: "https://app.example" };
const auth0 = { domain: "auth.example", clientId: "web" };

const option = (name: string) =>
  expect.objectContaining({ code: "option_invalid", message: expect.stringContaining(name) });

function KindeState() {
  const { isLoading, isAuthenticated, user } = useKindeAuth();
  return <>{[isLoading, isAuthenticated, user].map(String).join()}</>;
}

function Auth0State() {
  const { isLoading, isAuthenticated, user, error } = useAuth0();
  return <>{[isLoading, isAuthenticated, user, error].map(String).join()}</>;
}

describe("what another SDK has and this one cannot do", () => {
  test.each([
    ["store", { store: { getSessionItem: () => null } }],
    ["activityTimeout", { activityTimeout: { timeoutMinutes: 0 } }],
    ["activityTimeout", { activityTimeout: { timeoutMinutes: Number.NaN } }],
    ["activityTimeout", { activityTimeout: { timeoutMinutes: 5, preWarningMinutes: 5 } }],
    ["issuer", { domain: "http://auth.example" }],
  ])("is refused by <KindeProvider>: %s", (name, more) => {
    const provider = <KindeProvider {...({ ...kinde, ...more } as typeof kinde)} />;
    expect(() => renderToString(provider)).toThrow(option(name));
  });

  test.each([
    ["client", { client: {} }],
    ["cache", { cache: { get: () => undefined } }],
    ["issuer", { issuer: "https://other.example" }],
    ["useDpop", { useDpop: true }],
    ["useMrrt", { useMrrt: true }],
    ["interactiveErrorHandler", { interactiveErrorHandler: "popup" }],
    ["enterpriseConnect", { enterpriseConnect: true }],
  ])("is refused by <Auth0Provider>: %s", (name, more) => {
    const provider = <Auth0Provider {...({ ...auth0, ...more } as typeof auth0)} />;
    expect(() => renderToString(provider)).toThrow(option(name));
  });

  test("is refused by a protected route: entitlements", () => {
    const has = { billingEntitlements: ["gold"] } as object;
    const page = (
      <KindeProvider {...kinde} forceChildrenRender>
        <ProtectedRoute has={has}>secret</ProtectedRoute>
      </KindeProvider>
    );
    expect(() => renderToString(page)).toThrow(option("billingEntitlements"));
  });

  test("is accepted where it does no harm", () => {
    const popupOptions = { width: 400 };
    const page = (
      <>
        <KindeProvider {...kinde} popupOptions={popupOptions} refreshOnFocus store={undefined} />
        <Auth0Provider {...auth0} useRefreshTokens useRefreshTokensFallback leeway={10} useDpop={false} />
      </>
    );
    expect(renderToString(page)).toBe("");
  });
});

describe("rendered on a server", () => {
  test("nobody is known yet", () => {
    const page = (
      <KindeProvider {...kinde} forceChildrenRender>
        <KindeState />
      </KindeProvider>
    );
    expect(renderToString(page)).toBe("true,false,undefined");
    const other = (
      <Auth0Provider {...auth0}>
        <Auth0State />
      </Auth0Provider>
    );
    expect(renderToString(other)).toBe("true,false,undefined,undefined");
  });

  test("children of <KindeProvider> wait, and a protected route shows nothing to anybody", () => {
    const waiting = (
      <KindeProvider {...kinde}>
        <p>Hello</p>
      </KindeProvider>
    );
    expect(renderToString(waiting)).toBe("");
    const route = (
      <KindeProvider {...kinde} forceChildrenRender>
        <ProtectedRoute>secret</ProtectedRoute>
      </KindeProvider>
    );
    expect(renderToString(route)).toBe("");
  });

  test("links are buttons that submit no form; what they ask for is not on the button", () => {
    const page = (
      <KindeProvider {...kinde} forceChildrenRender>
        <LoginLink orgCode="org_1" lang="de" state={{ a: "b" }} className="primary">
          Sign in
        </LoginLink>
      </KindeProvider>
    );
    expect(renderToString(page)).toBe('<button type="button" class="primary">Sign in</button>');
  });
});

describe("outside of a provider", () => {
  const whatIsMissing = (provider: string) =>
    expect.objectContaining({ code: "provider_missing", message: expect.stringContaining(provider) });

  test("useKindeAuth says what is missing", () => {
    expect(() => renderToString(<KindeState />)).toThrow(whatIsMissing("<KindeProvider>"));
  });

  test("useAuth0 renders as if it were not known who is signed in, and its functions say what is missing", () => {
    function Login(): ReactElement {
      useAuth0().loginWithRedirect();
      return <p />;
    }
    expect(renderToString(<Auth0State />)).toBe("true,false,undefined,undefined");
    expect(() => renderToString(<Login />)).toThrow(whatIsMissing("<Auth0Provider>"));
  });
});

describe("types", () => {
  test("say what is refused, and what is missing", () => {
    const wrong = [
      // @ts-expect-error: tokens are kept in memory
      <KindeProvider key="1" {...kinde} store={{}} />,
      // @ts-expect-error: clientId is required
      <KindeProvider key="2" domain="auth.example" />,
      // @ts-expect-error: there is no such parameter
      <LoginLink key="3" orgcode="org_1" />,
      // @ts-expect-error: access tokens are plain bearer tokens
      <Auth0Provider key="4" {...auth0} useDpop={true} />,
      // @ts-expect-error: domain is required
      <Auth0Provider key="5" clientId="web" />,
    ];
    expect(wrong.length).toBe(5);
  });
});
