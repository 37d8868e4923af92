/** Longer addresses than any issuer sends somebody to. */
const LONGEST = 16_384;

/** The parameters of an address, whole or from its path on. Whatever comes as an address has some, or none. */
export function parametersOf(address: string): URLSearchParams {
  const at = address.indexOf("?");
  if (at < 0 || address.length > LONGEST) return new URLSearchParams();
  return new URLSearchParams(address.slice(at).replace(/#.*$/s, ""));
}
