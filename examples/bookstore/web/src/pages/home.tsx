import { useAuth } from "@hallpass/react";
import { Navigate } from "react-router";
import { useFirstLook } from "../auth/first-look.ts";
import { Waiting } from "../auth/require-sign-in.tsx";
import { LandingPage } from "./landing.tsx";

/** The way in: a landing page for strangers, the shelf for everyone else. */
export function HomePage() {
  const { isAuthenticated } = useAuth();
  const looking = useFirstLook();
  if (!isAuthenticated) return looking ? <Waiting /> : <LandingPage />;
  // Someone who has just signed in may be on the way to where they wanted to be: the browser's address has changed
  // already, and the router hears of it in a moment.
  return location.pathname === "/" ? <Navigate to="/books" replace /> : <Waiting />;
}
