import { KindeProvider, useKindeAuth } from "@kinde-oss/kinde-auth-react";
import {
  LoginLink,
  LogoutLink,
  PortalLink,
  RegisterLink,
  SwitchOrgLink,
} from "@kinde-oss/kinde-auth-react/components";
import * as utils from "@kinde-oss/kinde-auth-react/utils";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../support/page-settings.ts";

declare global {
  interface Window {
    /** What the hook has returned last. */
    kinde: ReturnType<typeof useKindeAuth>;
    utils: typeof utils;
    /** What the provider's callbacks were told since the page was loaded. */
    told: { callback: "success" | "error"; name: string; state: unknown }[];
  }
}

const { issuer, clientId, audience, options } = window.settings;
window.told = [];
window.utils = utils;

// Outside of the component, as the SDK demands.
const callbacks = {
  onSuccess: (user: { email?: string }, state: Record<string, unknown>) =>
    void window.told.push({ callback: "success", name: user.email ?? "", state: state.place }),
  onError: ({ error }: { error: string }) =>
    void window.told.push({ callback: "error", name: error, state: undefined }),
};

function Profile() {
  const kinde = useKindeAuth();
  window.kinde = kinde;
  if (kinde.isLoading) return <p>Loading</p>;
  if (!kinde.isAuthenticated) {
    return (
      <>
        <LoginLink>Sign in here</LoginLink>
        <RegisterLink>Register</RegisterLink>
      </>
    );
  }
  return (
    <>
      <output title="user">{JSON.stringify(kinde.user)}</output>
      <SwitchOrgLink orgCode="org_library">To the library</SwitchOrgLink>
      <PortalLink>Account</PortalLink>
      <LogoutLink>Sign out</LogoutLink>
    </>
  );
}

createRoot(document.querySelector("#root") as HTMLElement).render(
  <StrictMode>
    <KindeProvider
      domain={issuer}
      clientId={clientId}
      redirectUri={window.location.origin}
      logoutUri={window.location.origin}
      audience={audience}
      callbacks={callbacks}
      {...options}
    >
      <Profile />
    </KindeProvider>
  </StrictMode>,
);
