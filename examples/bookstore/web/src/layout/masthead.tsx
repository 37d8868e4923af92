import { useAuth } from "@hallpass/react";
import { Link, NavLink } from "react-router";
import { useFirstLook } from "../auth/first-look.ts";
import { SignInButton } from "../auth/sign-in-buttons.tsx";
import { BrandMark } from "./icons.tsx";
import { UserMenu } from "./user-menu.tsx";

export function Masthead() {
  const { isAuthenticated } = useAuth();
  const looking = useFirstLook();
  return (
    <header className="masthead">
      <div className="wide">
        <Link className="brand" to={isAuthenticated ? "/books" : "/"}>
          <BrandMark />
          Marginalia
        </Link>
        {isAuthenticated && (
          <nav aria-label="Main">
            <ul>
              <li>
                <NavLink to="/books" end>
                  The shelf
                </NavLink>
              </li>
              <li>
                <NavLink to="/books/new">Add a book</NavLink>
              </li>
              <li>
                <NavLink to="/token">Access token</NavLink>
              </li>
            </ul>
          </nav>
        )}
        <div className="tools">
          {isAuthenticated ? <UserMenu /> : !looking && <SignInButton className="button slim" />}
        </div>
      </div>
    </header>
  );
}
