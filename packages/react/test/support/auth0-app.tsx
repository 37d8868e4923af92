// An application as the documents of Auth0's React SDK have it: its import line is the only thing that is changed, by the
// bundler (and by `paths` for the compiler).
import {
  type AppState,
  Auth0Provider,
  type User,
  useAuth0,
  type WithAuth0Props,
  withAuth0,
  withAuthenticationRequired,
} from "@auth0/auth0-react";
import { Component, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import "./layer-globals.ts";
import { navigate, usePath } from "./path.ts";

window.seen = [];
window.renders = 0;

const { issuer, clientId, audience, api } = window.settings;

function useBooks() {
  const { getAccessTokenSilently } = useAuth0();
  const [titles, setTitles] = useState<string[]>([]);
  useEffect(() => {
    (async () => {
      try {
        const accessToken = await getAccessTokenSilently({ authorizationParams: { audience } });
        const response = await fetch(`${api}/books`, {
          headers: { Authorization: `Bearer ${accessToken}` },
        });
        const { data } = await response.json();
        setTitles(data.books.map((book: { title: string }) => book.title));
      } catch (e) {
        console.error(e);
      }
    })();
  }, [getAccessTokenSilently]);
  return titles;
}

const Profile = withAuthenticationRequired(
  () => {
    const { user } = useAuth0();
    const books = useBooks();
    return (
      <div id="profile">
        <h2>{user?.name}</h2>
        <p>{user?.email}</p>
        <ul>
          {books.map((title) => (
            <li key={title}>{title}</li>
          ))}
        </ul>
      </div>
    );
  },
  { onRedirecting: () => <div id="redirecting">Redirecting you to the login page...</div> },
);

class Badge extends Component<WithAuth0Props> {
  override render() {
    return <p id="badge">{this.props.auth0.user?.email ?? "nobody"}</p>;
  }
}
const WithBadge = withAuth0(Badge);

function Home() {
  const { isLoading, isAuthenticated, error, user, loginWithRedirect, logout } = useAuth0();
  if (isLoading) {
    return <div>Loading...</div>;
  }
  if (error) {
    return <div role="alert">Oops... {error.message}</div>;
  }
  if (isAuthenticated) {
    return (
      <div>
        Hello <span id="user">{user?.name}</span>{" "}
        <button type="button" onClick={() => logout({ logoutParams: { returnTo: window.location.origin } })}>
          Log out
        </button>
      </div>
    );
  }
  return (
    <>
      <button type="button" onClick={() => loginWithRedirect()}>
        Log in
      </button>
      <button
        type="button"
        onClick={() =>
          loginWithRedirect({
            appState: { returnTo: "/shelf?page=2", basket: [7, 9] },
            authorizationParams: { login_hint: "ada@example.com", organization: "org_hill" },
          })
        }
      >
        Log in with a basket
      </button>
    </>
  );
}

function Routes() {
  const path = usePath();
  const auth0 = useAuth0();
  window.auth0 = auth0;
  window.renders += 1;
  const status = auth0.isLoading ? "loading" : auth0.isAuthenticated ? "signed-in" : "signed-out";
  return (
    <>
      <p id="status">{status}</p>
      <WithBadge />
      {path === "/profile" ? <Profile /> : <Home />}
    </>
  );
}

const onRedirectCallback = (appState?: AppState, user?: User) => {
  window.seen.push(["onRedirectCallback", appState, user?.email]);
  navigate(appState?.returnTo || window.location.pathname);
};

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Auth0Provider
      domain={issuer}
      clientId={clientId}
      authorizationParams={{ redirect_uri: window.location.origin, audience }}
      onRedirectCallback={sessionStorage.getItem("by default") ? undefined : onRedirectCallback}
    >
      <Routes />
    </Auth0Provider>
  </StrictMode>,
);
