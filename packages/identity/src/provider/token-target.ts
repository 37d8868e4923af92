/**
 * For whom a token is and in which organization its bearer acts. One token of the provider has one resource, so
 * all of this is one resource indicator: it then survives the code and every refresh.
 */
export interface TokenTarget {
  /** Registered audiences; none is `[]`. */
  audience: readonly string[];
  /** The organization that was asked for or chosen; without it the user's first one counts at each issue. */
  organization?: string;
}

const PREFIX = "urn:hallpass:target:";

/** The target as a resource indicator (RFC 8707). Equal targets give equal indicators. */
export function encodeTarget({ audience, organization }: TokenTarget): string {
  const parts: [string[], string?] = [[...new Set(audience)].sort()];
  if (organization) parts.push(organization);
  return PREFIX + Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** What {@link encodeTarget} was given; `undefined` for anything else. */
export function decodeTarget(indicator: string): TokenTarget | undefined {
  if (!indicator.startsWith(PREFIX)) return undefined;
  try {
    const [audience, organization] = JSON.parse(
      Buffer.from(indicator.slice(PREFIX.length), "base64url").toString("utf8"),
    ) as [string[], string?];
    return organization ? { audience, organization } : { audience };
  } catch {
    return undefined;
  }
}

/**
 * The audiences that a request names, in all the ways people write them: `audience` empty, once, several in one
 * separated by spaces, repeated, and RFC 8707's `resource`.
 */
export function requestedAudiences(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => value.split(" ")).filter((value) => value !== ""))];
}
