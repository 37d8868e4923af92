/** Whether an answer may be read by the pages of an origin. */
export function readableBy(headers: Headers, origin: string): boolean {
  const allowed = headers.get("access-control-allow-origin");
  return allowed === "*" || allowed === origin;
}

/** What an answer says about who may read it, for a finding. */
export function corsFound(headers: Headers): string {
  const allowed = headers.get("access-control-allow-origin");
  return allowed === null
    ? "no Access-Control-Allow-Origin"
    : `Access-Control-Allow-Origin: ${allowed.slice(0, 100)}`;
}

/** The names in a header that lists names, in lower case. */
export function namesIn(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? "")
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
}
