import {
  type AuthClient,
  AuthError,
  isAuthError,
  issuerAddress,
  type SignOutOptions,
} from "@hallpass/client";
import { settled } from "../settled.ts";
import { hasAccess, rolesOf } from "./access.ts";
import type {
  KindeContextProps,
  LogoutOptions,
  ReadOptions,
  RefreshTokenResult,
  State,
  TokenType,
  UserProfile,
} from "./kinde-context.ts";
import { portalUrl } from "./portal.ts";
import { type SignInSetting, signInOptions } from "./sign-in-parameters.ts";

/** What the functions need to know of the provider, as it is when they are called. */
export interface KindeHost {
  readonly domain: string;
  readonly clientId: string;
  readonly logoutUri: string | undefined;
  readonly signIn: SignInSetting;
  /** Somebody is about to be signed out. */
  onLogout(): void;
}

export type KindeFunctions = Omit<KindeContextProps, keyof State>;

/** The functions of Kinde's hook over a client of ours. They keep their identity while the client stays. */
export function kindeFunctions(client: AuthClient, host: () => KindeHost): KindeFunctions {
  const getAccessToken = () => unlessSignedOut(client.getToken());

  async function getClaims<T>(tokenType?: TokenType): Promise<T | null> {
    await settled(client);
    return client.getClaims(tokenNameOf(tokenType)) as T | null;
  }

  async function getCurrentOrganization(): Promise<string | null> {
    await settled(client);
    return client.getOrganization().orgCode;
  }

  /** Until it is known who is signed in, and with `forceApi` until there is a new token. */
  async function ready({ forceApi }: ReadOptions = {}): Promise<void> {
    if (forceApi) await unlessSignedOut(client.getToken({ forceRefresh: true }));
    else await settled(client);
  }

  return {
    login: async (options = {}) => client.login(signInOptions(options, host().signIn, "login")),
    register: async (options = {}) => client.register(signInOptions(options, host().signIn, "register")),
    async logout(options) {
      const { logoutUri, onLogout } = host();
      const wanted = signOutOptions(options, logoutUri);
      onLogout();
      await client.logout(wanted);
    },
    switchOrg: (orgCode) => client.switchOrg(orgCode, { appState: { event: "", state: {} } }),
    getAccessToken,
    getToken: getAccessToken,
    getIdToken: () => unlessSignedOut(client.getIdToken()),
    async refreshToken(options) {
      const { domain, clientId } = host();
      const other =
        (options?.clientId ?? clientId) !== clientId ||
        issuerAddress(options?.domain ?? domain) !== issuerAddress(domain);
      if (other) {
        throw new AuthError("option_invalid", "domain and clientId are others than those of <KindeProvider>");
      }
      const result = await renewed(client);
      options?.onRefresh?.(result);
      return result;
    },
    async getClaim(name, tokenType) {
      const claims = await getClaims<Record<PropertyKey, unknown>>(tokenType);
      return claims && { name, value: (Object.hasOwn(claims, name) ? claims[name] : undefined) as never };
    },
    getClaims,
    getCurrentOrganization,
    getOrganization: getCurrentOrganization,
    async getUserOrganizations() {
      const { isAuthenticated } = await settled(client);
      return isAuthenticated ? client.getUserOrganizations().orgCodes : null;
    },
    getUserProfile: async () => profileOf((await settled(client)).user) ?? null,
    async getFlag<T>(name: string, options: ReadOptions & { defaultValue?: T | undefined } = {}) {
      await ready(options);
      const flag = client.getFlag(name, { defaultValue: false });
      return flag.isDefault ? (options.defaultValue ?? null) : (flag.value as T);
    },
    async getPermission(permissionKey, options) {
      await ready(options);
      return { permissionKey, ...client.getPermission(permissionKey) };
    },
    async getPermissions<T>(options?: ReadOptions) {
      await ready(options);
      const { orgCode, permissions } = client.getPermissions();
      return { orgCode, permissions: permissions as T[] };
    },
    async getRoles(options) {
      await ready(options);
      return rolesOf(client);
    },
    async generatePortalUrl(options) {
      return await portalUrl(client, host().domain, options);
    },
    async has(conditions) {
      await settled(client);
      return await hasAccess(client, conditions);
    },
  };
}

/** The user by the members that Kinde's SDK has. */
export function profileOf(user: UserProfile | null | undefined): UserProfile | undefined {
  if (!user) return undefined;
  const { id, givenName, familyName, email, picture } = user;
  return { id, givenName, familyName, email, picture };
}

/** Fetches new tokens. @returns them, or why there are none */
export async function renewed(
  client: Pick<AuthClient, "getToken" | "getIdToken">,
  forceRefresh = true,
): Promise<RefreshTokenResult> {
  try {
    const accessToken = await client.getToken({ forceRefresh });
    return { success: true, accessToken, idToken: await client.getIdToken() };
  } catch (error) {
    return { success: false, error: (error as Error).message };
  }
}

async function unlessSignedOut(token: Promise<string>): Promise<string | undefined> {
  try {
    return await token;
  } catch (error) {
    if (isAuthError(error) && /^(not_signed_in|session_ended)$/.test(error.code)) return undefined;
    throw error;
  }
}

/** Kinde's documents spell it in several ways. */
function tokenNameOf(tokenType: string | undefined): "id_token" | "access_token" {
  return /^id/i.test(tokenType ?? "") ? "id_token" : "access_token";
}

function signOutOptions(
  options: string | LogoutOptions | undefined,
  logoutUri: string | undefined,
): SignOutOptions {
  const { redirectUrl, allSessions } =
    typeof options === "string" ? { redirectUrl: options } : (options ?? {});
  return { allSessions: allSessions === true, postLogoutRedirectUri: redirectUrl || logoutUri };
}
