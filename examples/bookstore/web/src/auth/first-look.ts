import { useAuth } from "@hallpass/react";
import { useState } from "react";

/**
 * Whether it is still unknown if anyone is signed in. Only once: on the way to the issuer `isLoading` is true again,
 * and then the page had better stay as it is.
 */
export function useFirstLook(): boolean {
  const { isLoading } = useAuth();
  const [looking, setLooking] = useState(isLoading);
  if (looking && !isLoading) setLooking(false);
  return looking && isLoading;
}
