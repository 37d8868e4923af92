// An application as the documents of Kinde's React SDK have it: its import lines are the only thing that is changed, by the
// bundler (and by `paths` for the compiler).
import { KindeProvider, useKindeAuth } from "@kinde-oss/kinde-auth-react";
import {
  LoginLink,
  LogoutLink,
  PortalLink,
  RegisterLink,
  SwitchOrgLink,
} from "@kinde-oss/kinde-auth-react/components";
import { ProtectedRoute } from "@kinde-oss/kinde-auth-react/react-router";
import { StrictMode, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import "./layer-globals.ts";
import { navigate, usePath } from "./path.ts";

window.seen = [];
window.renders = 0;

function UserProfile() {
  const { user, isAuthenticated, isLoading, error } = useKindeAuth();
  const status = isLoading ? "loading" : isAuthenticated ? "signed-in" : "signed-out";
  return (
    <>
      <p id="status">{status}</p>
      {error && <p role="alert">{error}</p>}
      {isAuthenticated && user ? (
        <p id="user">
          {user.givenName} {user.familyName}
        </p>
      ) : (
        <p>Please sign in or register!</p>
      )}
    </>
  );
}

function Rights() {
  const { getPermission, getFlag, getCurrentOrganization } = useKindeAuth();
  const [rights, setRights] = useState("");
  useEffect(() => {
    const read = async () => {
      const theme = await getFlag<string>("theme");
      const { isGranted } = await getPermission("create:books");
      setRights(`${await getCurrentOrganization()} ${theme} ${isGranted ? "may" : "may not"}`);
    };
    read();
  }, [getPermission, getFlag, getCurrentOrganization]);
  return <p id="rights">{rights}</p>;
}

function Books() {
  const { getAccessToken } = useKindeAuth();
  const [titles, setTitles] = useState<string[]>([]);
  useEffect(() => {
    const fetchData = async () => {
      try {
        const accessToken = await getAccessToken();
        const res = await fetch(`${window.settings.api}/books`, {
          headers: {
            Authorization: `Bearer ${accessToken}`,
          },
        });
        const { data } = await res.json();
        setTitles(data.books.map((book: { title: string }) => book.title));
      } catch (err) {
        console.error(err);
      }
    };
    fetchData();
  }, [getAccessToken]);
  return (
    <ul>
      {titles.map((title) => (
        <li key={title}>{title}</li>
      ))}
    </ul>
  );
}

function Home() {
  const { login, isAuthenticated } = useKindeAuth();
  if (!isAuthenticated) {
    return (
      <>
        <LoginLink>Sign in</LoginLink>
        <RegisterLink loginHint="grace@example.com">Register</RegisterLink>
        <button onClick={() => login({ state: { redirectTo: "/admin" }, lang: "en" })} type="button">
          Sign in to the office
        </button>
      </>
    );
  }
  return (
    <>
      <Rights />
      <Books />
      <PortalLink>My account</PortalLink>
      <SwitchOrgLink orgCode="org_hill">Hill</SwitchOrgLink>
      <LogoutLink>Sign out</LogoutLink>
    </>
  );
}

function Routes() {
  const path = usePath();
  const auth = useKindeAuth();
  window.kinde = auth;
  window.renders += 1;
  switch (path) {
    case "/admin":
      return (
        <ProtectedRoute has={{ permissions: ["create:books"] }} fallbackPath="/">
          <p id="admin">The office</p>
        </ProtectedRoute>
      );
    case "/owner":
      return (
        <ProtectedRoute has={{ roles: ["owner"] }} fallbackPath="/">
          <p id="owner">The safe</p>
        </ProtectedRoute>
      );
    case "/fresh":
      return (
        <ProtectedRoute has={{ permissions: ["create:books"], forceApi: true }} fallbackPath="/">
          <p id="fresh">The latest</p>
        </ProtectedRoute>
      );
    default:
      return <Home />;
  }
}

const { issuer, clientId, audience } = window.settings;
const idle = Number(new URLSearchParams(location.search).get("idle"));

function App() {
  const activityTimeout = useMemo(
    () =>
      idle
        ? {
            timeoutMinutes: idle,
            preWarningMinutes: idle / 2,
            onTimeout: (type: string) => void window.seen.push(["onTimeout", type]),
          }
        : undefined,
    [],
  );
  return (
    <KindeProvider
      clientId={clientId}
      domain={issuer}
      audience={audience}
      logoutUri={window.location.origin}
      redirectUri={window.location.origin}
      activityTimeout={activityTimeout}
      callbacks={{
        onSuccess: (user, state, context) => {
          window.seen.push(["onSuccess", user.email, { ...state }, context.isAuthenticated]);
          if (typeof state?.redirectTo === "string") navigate(state.redirectTo);
        },
        onError: ({ error }, state) => void window.seen.push(["onError", error, state]),
        onEvent: (event: string) => void window.seen.push(["onEvent", event]),
      }}
    >
      <UserProfile />
      <Routes />
    </KindeProvider>
  );
}

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
