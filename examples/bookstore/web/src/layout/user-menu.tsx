import { useAuth } from "@hallpass/react";
import { useEffect, useId, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { branchName } from "../../../branches.ts";
import { useMe } from "../auth/me.ts";
import { useSwitchBranch } from "../auth/switch-branch.ts";
import { Avatar } from "./avatar.tsx";
import { BranchIcon, CaretIcon, CheckIcon, KeyIcon, SignOutIcon, UserIcon } from "./icons.tsx";

/** The button with the name, and what opens below it. */
export function UserMenu() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const sheetId = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { pathname } = useLocation();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => setOpen(false), [pathname]);

  useEffect(() => {
    if (!open) return;
    const onLeave = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", onLeave);
    document.addEventListener("focusin", onLeave);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", onLeave);
      document.removeEventListener("focusin", onLeave);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [open]);

  return (
    <div className="user-menu" ref={root}>
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={open ? sheetId : undefined}
        aria-label={`Your account, ${me.name}`}
        onClick={() => setOpen(!open)}
      >
        <Avatar name={me.name} picture={me.picture} />
        <span className="name">{me.givenName}</span>
        <span className="caret">
          <CaretIcon />
        </span>
      </button>
      {open && <Sheet id={sheetId} />}
    </div>
  );
}

function Sheet({ id }: { id: string }) {
  const { logout } = useAuth();
  const me = useMe();
  const switchBranch = useSwitchBranch();
  return (
    <div className="menu-sheet" id={id}>
      <div className="who">
        <Avatar name={me.name} picture={me.picture} />
        <div>
          <b>{me.name}</b>
          <small>{me.email}</small>
        </div>
      </div>
      {me.organization && (
        <div className="group">
          <p className="group-title">{me.organizations.length > 1 ? "Your branches" : "Your branch"}</p>
          {me.organizations.map((code) =>
            code === me.organization ? (
              <div key={code} className="item" aria-current="true">
                <BranchIcon />
                {branchName(code)}
                <span className="end">
                  <span className="visually-hidden">where you are</span>
                  <CheckIcon />
                </span>
              </div>
            ) : (
              <button key={code} type="button" className="item" onClick={() => switchBranch(code)}>
                <BranchIcon />
                Switch to {branchName(code)}
              </button>
            ),
          )}
        </div>
      )}
      <div className="group">
        <Link className="item" to="/account">
          <UserIcon />
          Account
        </Link>
        <Link className="item" to="/token">
          <KeyIcon />
          Access token
        </Link>
        <button type="button" className="item" onClick={() => logout()}>
          <SignOutIcon />
          Sign out
        </button>
      </div>
    </div>
  );
}
