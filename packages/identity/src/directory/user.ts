/** A person who can sign in, without anything secret. */
export interface User {
  /** `kp_` and 32 hexadecimal digits: the `sub` of tokens. */
  id: string;
  email: string;
  emailVerified: boolean;
  givenName: string | null;
  familyName: string | null;
  /** Both names, or `null` when there are none. */
  name: string | null;
  picture: string | null;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Milliseconds since 1970. */
  updatedAt: number;
}

/** The code and name of an organization. */
export interface Organization {
  code: string;
  name: string;
}
