import { Auth0Provider, useAuth0 } from "@auth0/auth0-react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "../support/page-settings.ts";

const { issuer, clientId, audience, options } = window.settings;

function Profile() {
  const { isLoading, isAuthenticated, user, error, ...auth0 } = useAuth0();
  const [token, setToken] = useState<string>();
  const show = (options?: { cacheMode: "off" }) =>
    auth0.getAccessTokenSilently(options).then(setToken, (reason: Error) => setToken(reason.message));
  if (isLoading) return <p>Loading</p>;
  if (error) return <p role="alert">{error.message}</p>;
  if (!isAuthenticated) {
    return (
      <>
        <button type="button" onClick={() => auth0.loginWithRedirect({ appState: { returnTo: "/shelf" } })}>
          Sign in here
        </button>
        <button
          type="button"
          onClick={() => auth0.loginWithRedirect({ authorizationParams: { screen_hint: "signup" } })}
        >
          Register
        </button>
        <button
          type="button"
          onClick={() => auth0.loginWithRedirect({ authorizationParams: { organization: "org_library" } })}
        >
          Library
        </button>
      </>
    );
  }
  return (
    <>
      <output title="user">{JSON.stringify(user)}</output>
      <output title="token">{token}</output>
      <button type="button" onClick={() => show()}>
        Token
      </button>
      <button type="button" onClick={() => show({ cacheMode: "off" })}>
        New token
      </button>
      <button
        type="button"
        onClick={() => auth0.logout({ logoutParams: { returnTo: window.location.origin } })}
      >
        Sign out
      </button>
    </>
  );
}

createRoot(document.querySelector("#root") as HTMLElement).render(
  <StrictMode>
    <Auth0Provider
      domain={issuer}
      clientId={clientId}
      authorizationParams={{ redirect_uri: window.location.origin, audience }}
      onRedirectCallback={(state) => window.history.replaceState({}, "", state?.returnTo ?? "/")}
      {...options}
    >
      <Profile />
    </Auth0Provider>
  </StrictMode>,
);
