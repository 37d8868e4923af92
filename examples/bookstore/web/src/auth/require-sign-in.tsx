import { useAuth } from "@hallpass/react";
import { Outlet, useLocation } from "react-router";
import { usePageTitle } from "../layout/page.tsx";
import { useFirstLook } from "./first-look.ts";
import { RegisterButton, SignInButton } from "./sign-in-buttons.tsx";

/** Shows its routes to whoever is signed in, and to everyone else a door that leads back to the very same place. */
export function RequireSignIn() {
  const { isAuthenticated } = useAuth();
  const looking = useFirstLook();
  if (isAuthenticated) return <Outlet />;
  if (looking) return <Waiting />;
  return <Door />;
}

export function Waiting() {
  return (
    <div className="wide page waiting" aria-busy="true">
      <p className="visually-hidden" role="status">
        One moment, looking for your session
      </p>
      <div className="bone" style={{ width: "min(18rem, 70%)", height: "2.6rem" }} />
      <div className="bone" style={{ width: "min(30rem, 90%)", height: "1.1rem", marginTop: "1rem" }} />
    </div>
  );
}

function Door() {
  const { pathname, search, hash } = useLocation();
  const here = pathname + search + hash;
  const heading = usePageTitle("Sign in to go on");
  return (
    <div className="wide page">
      <div className="center-page">
        <h1 ref={heading} tabIndex={-1}>
          This page is for people of the shop
        </h1>
        <p className="lede">Sign in, and you are back here at once.</p>
        <div className="actions">
          <SignInButton returnTo={here} />
          <RegisterButton returnTo={here} />
        </div>
      </div>
    </div>
  );
}
