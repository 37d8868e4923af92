import {
  AuthProvider,
  LoginLink,
  LogoutLink,
  Protect,
  RegisterLink,
  SignedIn,
  SignedOut,
  useApi,
  useAuth,
} from "@hallpass/react";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { Books } from "./books.tsx";
import "./bookstore-globals.ts";

window.renders = 0;
window.identities = new Set();

function Bookstore() {
  const auth = useAuth();
  const api = useApi();
  window.renders += 1;
  window.auth = auth;
  window.api = api;
  const [shown, setShown] = useState(location.pathname);
  useEffect(() => {
    const show = () => setShown(location.pathname);
    addEventListener("popstate", show);
    return () => removeEventListener("popstate", show);
  }, []);
  useEffect(() => {
    for (const value of [auth.login, auth.getToken, auth.getPermission, api]) window.identities.add(value);
  });
  return (
    <main>
      <p id="status">{auth.status}</p>
      <p id="path">{shown}</p>
      {auth.error && <p role="alert">{auth.error.code}</p>}
      <SignedOut>
        <LoginLink>Sign in</LoginLink>
        <RegisterLink>Register</RegisterLink>
      </SignedOut>
      <SignedIn>
        <p id="user">{auth.user?.name}</p>
        <LogoutLink>Sign out</LogoutLink>
        <Books url={window.settings.api} />
      </SignedIn>
      <Protect permissions={["create:books"]} fallback={<p id="refused">Not for you</p>} loading={<p>…</p>}>
        <button type="button">Add a book</button>
      </Protect>
    </main>
  );
}

const { issuer, clientId, audience, api } = window.settings;
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <AuthProvider
      issuer={issuer}
      clientId={clientId}
      audience={audience}
      postLogoutRedirectUri={location.origin}
      apiOrigins={[api]}
    >
      <Bookstore />
    </AuthProvider>
  </StrictMode>,
);
