import { useSyncExternalStore } from "react";

/** The smallest router there is: follows `popstate`, as routers do. */
export function usePath(): string {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("popstate", changed);
      return () => removeEventListener("popstate", changed);
    },
    () => location.pathname,
  );
}

export function navigate(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}
