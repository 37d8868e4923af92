import { replacePath } from "@hallpass/client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useAuth } from "../use-auth.ts";
import { checkConditions, type HasParams } from "./access.ts";
import { useKindeAuth } from "./kinde-context.ts";

export interface ProtectedRouteProps {
  /** What is required, beyond being signed in: all of it. */
  readonly has?: HasParams | undefined;
  /** Where everybody else is led to: a path of this origin. */
  readonly fallbackPath?: string | undefined;
  readonly children?: ReactNode;
}

interface Verdict {
  /** Whom it is about. */
  readonly of: string;
  readonly isGranted: boolean;
}

const NOTHING: HasParams = {};

/**
 * Shows its children to whoever is signed in and has what is required, and to nobody before that is known. It keeps
 * nothing from anybody, because all of a page is in the browser: the API must check for itself. Leads away by
 * `history.replaceState` and a `popstate` event, which routers follow.
 *
 * @throws {AuthError} `option_invalid`
 */
export function ProtectedRoute(props: ProtectedRouteProps): ReactNode {
  const { has: required = NOTHING, fallbackPath = "/", children } = props;
  checkConditions(required);
  const { has, isLoading } = useKindeAuth();
  const auth = useAuth();
  const [verdict, setVerdict] = useState<Verdict>();
  const latest = useRef(required);
  const renewedFor = useRef("");
  useEffect(() => {
    latest.current = required;
  });

  // A verdict is good for one person in one organization; it stays while a new token is looked at.
  const of = auth.isAuthenticated
    ? JSON.stringify([auth.user?.id, auth.getOrganization().orgCode, required])
    : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again when a claim may have changed
  useEffect(() => {
    if (!of) return;
    let isLatest = true;
    const decide = (isGranted: boolean): void => {
      if (isLatest) setVerdict({ of, isGranted });
    };
    // Renewed once for a verdict: the new token is looked at again, and that must not ask for another one.
    const conditions = renewedFor.current === of ? { ...latest.current, forceApi: false } : latest.current;
    has(conditions).then(
      (isGranted) => {
        renewedFor.current = of;
        decide(isGranted);
      },
      () => decide(false),
    );
    return () => {
      isLatest = false;
    };
  }, [has, of, auth]);

  const decided = verdict?.of === of ? verdict.isGranted : undefined;
  const isRefused = !isLoading && (!auth.isAuthenticated || decided === false);
  useEffect(() => {
    if (isRefused) replacePath(fallbackPath);
  }, [isRefused, fallbackPath]);
  return decided && auth.isAuthenticated ? children : null;
}
