import { AuthProvider, useAuth } from "@hallpass/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { settings } from "../src/settings.ts";
import { BooksFromTheGuide } from "./books-from-the-guide.jsx";

/** Whoever has signed in to the shop is signed in here too: both have the issuer's session cookie. */
function Page() {
  const { isAuthenticated, isLoading } = useAuth();
  return (
    <>
      <h1>The component of the guide</h1>
      <p role="status">
        {isLoading ? "One moment" : isAuthenticated ? "Signed in" : "Signed out: sign in to the shop"}
      </p>
      <BooksFromTheGuide api={settings.apiUrl} />
    </>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <AuthProvider issuer={settings.issuer} clientId={settings.clientId} audience={settings.audience}>
      <Page />
    </AuthProvider>
  </StrictMode>,
);
