import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/fraunces/opsz.css";
import "@fontsource-variable/fraunces/wght-italic.css";
import "./styles/theme.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/layout.css";
import "./styles/landing.css";
import "./styles/shelf.css";
import "./styles/account.css";
import "./styles/token.css";
import { AuthProvider } from "@hallpass/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { restoreTheme } from "./auth/theme.ts";
import { router } from "./router.tsx";
import { settings } from "./settings.ts";

restoreTheme();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root");

createRoot(root).render(
  <StrictMode>
    <AuthProvider
      issuer={settings.issuer}
      clientId={settings.clientId}
      audience={settings.audience}
      postLogoutRedirectUri={location.origin}
      apiOrigins={[settings.apiUrl]}
    >
      <RouterProvider router={router} />
    </AuthProvider>
  </StrictMode>,
);
