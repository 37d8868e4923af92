import { type AuthErrorCode, useAuth } from "@hallpass/react";
import { useLocation } from "react-router";
import { WarningIcon } from "../layout/icons.tsx";
import { SignInButton } from "./sign-in-buttons.tsx";

/** What the shop says about a sign-in that did not work out; where it has no words of its own, the error's are used. */
const sayings: Partial<Record<AuthErrorCode, { title: string; text?: string }>> = {
  access_denied: {
    title: "You did not sign in",
    text: "The sign-in was cancelled. Nothing has changed; you can try again whenever you like.",
  },
  sign_in_expired: {
    title: "That sign-in is no longer valid",
    text: "It was begun too long ago, in another tab, or has been used already. Begin it anew and all is well.",
  },
  session_ended: {
    title: "Your session has ended",
    text: "You were away for a while, or signed out elsewhere. Sign in to go on.",
  },
  issuer_unreachable: { title: "The sign-in service does not answer" },
  storage_blocked: { title: "Your browser blocks what signing in needs" },
};

/** A notice above the page, with a way on, when signing in failed or cannot be had at the moment. */
export function SignInProblem() {
  const { error, status, isAuthenticated } = useAuth();
  const { pathname, search } = useLocation();
  if (status === "offline") return <OfflineNotice isAuthenticated={isAuthenticated} />;
  if (!error) return null;
  const saying = sayings[error.code];
  return (
    <div className="wide above-page">
      <div className="notice bad" role="alert">
        <WarningIcon />
        <strong>{saying?.title ?? "Signing in did not work"}</strong>
        <p>{saying?.text ?? error.message}</p>
        {!isAuthenticated && (
          <div className="actions">
            <SignInButton className="button slim" returnTo={pathname + search}>
              Try again
            </SignInButton>
          </div>
        )}
      </div>
    </div>
  );
}

/** An outage signs nobody out, so there is nothing to do but to wait: the session is taken up again by itself. */
function OfflineNotice({ isAuthenticated }: { isAuthenticated: boolean }) {
  return (
    <div className="wide above-page">
      <div className="notice" role="status">
        <WarningIcon />
        <strong>The sign-in service does not answer</strong>
        <p>
          {isAuthenticated
            ? "You are still signed in. The shop keeps trying by itself."
            : "You have not been signed out: as soon as it answers again, you are back. The shop keeps trying by itself."}
        </p>
      </div>
    </div>
  );
}
