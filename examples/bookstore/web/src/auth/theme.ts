import { useAuth } from "@hallpass/react";
import { useEffect } from "react";

const usual = "paper";
const storageKey = "marginalia.theme";

/** Paints the theme of the last visit before the first render; the session that follows may correct it. */
export function restoreTheme(): void {
  apply(localStorage.getItem(storageKey) ?? usual);
}

/** Keeps the page in the colours of the `theme` flag, and in the usual ones while nobody is signed in. */
export function useTheme(): void {
  const { isLoading, isAuthenticated, getStringFlag } = useAuth();
  const theme = isAuthenticated ? (getStringFlag("theme", usual) ?? usual) : usual;
  useEffect(() => {
    if (isLoading) return;
    apply(theme);
    localStorage.setItem(storageKey, theme);
  }, [isLoading, theme]);
}

function apply(theme: string): void {
  document.documentElement.dataset.theme = theme;
}
