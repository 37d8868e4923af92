import { AuthError, type JwtClaims } from "@hallpass/client";
import { type Context, createContext, useContext } from "react";
import type { HasParams } from "./access.ts";
import type { SignInParameters } from "./sign-in-parameters.ts";

/** Who is signed in, as the ID token says. */
export interface UserProfile {
  id: string;
  givenName?: string | undefined;
  familyName?: string | undefined;
  email?: string | undefined;
  picture?: string | undefined;
}

export interface State {
  user?: UserProfile | undefined;
  isLoading: boolean;
  isAuthenticated: boolean;
  /** Why the last sign-in or the session failed, for people to read. */
  error?: string | undefined;
}

export interface PermissionAccess {
  permissionKey: string;
  orgCode: string | null;
  isGranted: boolean;
}

export interface Permissions<Key = string> {
  orgCode: string | null;
  permissions: Key[];
}

export interface Role {
  id: string;
  name: string;
  key: string;
}

export interface LogoutOptions {
  allSessions?: boolean | undefined;
  redirectUrl?: string | undefined;
}

export type TokenType = "accessToken" | "idToken";

/** `forceApi` renews the token before it is read, so that the issuer can say what is true now. */
export interface ReadOptions {
  forceApi?: boolean | undefined;
}

export type RefreshTokenResult =
  | { success: true; accessToken: string; idToken: string; error?: never }
  | { success: false; error: string; accessToken?: never; idToken?: never };

export interface RefreshTokenOptions {
  domain?: string | undefined;
  clientId?: string | undefined;
  onRefresh?: ((result: RefreshTokenResult) => void) | undefined;
}

export interface PortalUrlOptions {
  returnUrl: string;
  subNav?: string | undefined;
}

type Claims = Record<string, unknown>;

/** What {@link useKindeAuth} gives. Functions keep their identity. Readers wait until it is known who is signed in. */
export interface KindeContextProps extends State {
  /** Leaves for the sign-in page. @throws {AuthError} if it could not */
  login(options?: SignInParameters): Promise<void>;
  register(options?: SignInParameters): Promise<void>;
  /** @param options where to go afterwards, or more */
  logout(options?: string | LogoutOptions): Promise<void>;
  switchOrg(orgCode: string): Promise<void>;
  /** A token that is good now; `undefined` while nobody is signed in. @throws {AuthError} `issuer_unreachable` */
  getAccessToken(): Promise<string | undefined>;
  /** @deprecated the same as `getAccessToken` */
  getToken(): Promise<string | undefined>;
  /** Says who signed in here; not for APIs. */
  getIdToken(): Promise<string | undefined>;
  /** Fetches a new access token now. */
  refreshToken(options?: RefreshTokenOptions): Promise<RefreshTokenResult>;
  getClaim<T = Claims, V = string | number | string[]>(
    name: keyof T,
    tokenType?: TokenType,
  ): Promise<{ name: keyof T; value: V } | null>;
  getClaims<T = JwtClaims>(tokenType?: TokenType): Promise<T | null>;
  getCurrentOrganization(): Promise<string | null>;
  /** @deprecated the same as `getCurrentOrganization` */
  getOrganization(): Promise<string | null>;
  getUserOrganizations(): Promise<string[] | null>;
  getUserProfile(): Promise<UserProfile | null>;
  /** The flag's value; `defaultValue`, or `null`, where there is no such flag. */
  getFlag<T = string | boolean | number>(
    name: string,
    options?: ReadOptions & { defaultValue?: T | undefined },
  ): Promise<T | null>;
  getPermission<T extends string = string>(key: T, options?: ReadOptions): Promise<PermissionAccess>;
  getPermissions<T = string>(options?: ReadOptions): Promise<Permissions<T>>;
  getRoles(options?: ReadOptions): Promise<Role[]>;
  /** The address of the issuer's page of the person's own account. @throws {AuthError} */
  generatePortalUrl(options: PortalUrlOptions): Promise<{ url: URL }>;
  /** Whether somebody is signed in who has all of this. */
  has(conditions: HasParams): Promise<boolean>;
}

export const KindeContext: Context<KindeContextProps | null> = createContext<KindeContextProps | null>(null);

/** Who is signed in, and what to do about it, by the names of Kinde's SDK. @throws {AuthError} `provider_missing` */
export function useKindeAuth(): KindeContextProps {
  const context = useContext(KindeContext);
  if (!context)
    throw new AuthError("provider_missing", "put <KindeProvider> around the components that sign in");
  return context;
}
