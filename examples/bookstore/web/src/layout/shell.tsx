import { Outlet, ScrollRestoration } from "react-router";
import { useInvitation } from "../auth/invitation.ts";
import { SignInProblem } from "../auth/sign-in-problem.tsx";
import { useTheme } from "../auth/theme.ts";
import { Masthead } from "./masthead.tsx";

/** What every page stands in. */
export function Shell() {
  useTheme();
  useInvitation();
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Masthead />
      <main id="content" tabIndex={-1}>
        <SignInProblem />
        <Outlet />
      </main>
      <footer className="colophon">
        <div className="wide">
          <span>Marginalia, a bookshop that does not exist.</span>
          <span>Signed in, and kept honest, by Hallpass.</span>
        </div>
      </footer>
      <ScrollRestoration />
    </div>
  );
}
