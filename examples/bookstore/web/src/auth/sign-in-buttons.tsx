import { useAuth } from "@hallpass/react";
import { useState } from "react";

interface SignInButtonProps {
  className?: string;
  /** Where to be afterwards: a path of this shop. */
  returnTo?: string;
  /** The e-mail address to fill in. */
  loginHint?: string;
  children?: string;
}

export function SignInButton({
  className = "button",
  returnTo,
  loginHint,
  children = "Sign in",
}: SignInButtonProps) {
  const { login } = useAuth();
  return (
    <LeavingButton
      className={className}
      leave={() => login({ ...(returnTo && { returnTo }), ...(loginHint && { loginHint }) })}
    >
      {children}
    </LeavingButton>
  );
}

export function RegisterButton({
  className = "button plain",
  returnTo,
  children = "Register",
}: SignInButtonProps) {
  const { register } = useAuth();
  return (
    <LeavingButton className={className} leave={() => register({ ...(returnTo && { returnTo }) })}>
      {children}
    </LeavingButton>
  );
}

/** A button that leads to the issuer: a second press while the first is under way does nothing. */
function LeavingButton({
  className,
  leave,
  children,
}: {
  className: string;
  leave: () => Promise<unknown>;
  children: string;
}) {
  const [leaving, setLeaving] = useState(false);
  return (
    <button
      type="button"
      className={className}
      aria-disabled={leaving}
      onClick={async () => {
        if (leaving) return;
        setLeaving(true);
        await leave().catch(() => {}); // what went wrong is in useAuth().error, which the notice on the page shows
        setLeaving(false);
      }}
    >
      {children}
    </button>
  );
}
