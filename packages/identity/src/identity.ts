import type { CreateInvitationInput, Invitation, Membership, User } from "./directory/index.ts";
import type { ApiSettings, ApplicationSettings, HallpassConfig } from "./settings/index.ts";

export interface IdentityOptions {
  /** What `hallpass.config.ts` exports. */
  config: HallpassConfig;
  /** Folder of the database, or `:memory:` for one that ends with the process. */
  dataDir: string;
  /**
   * `development`: on this machine only, with the users of the configuration and a page that shows them.
   * `production`: neither of them, and https for everybody but this machine.
   */
  mode: "development" | "production";
  /** Address to listen on; 127.0.0.1 if not given. */
  host?: string;
  /** Port to listen on, 0 for a free one; the issuer's in development, 4300 otherwise, if not given. */
  port?: number;
  /** The issuer, if it is not the configuration's. In development it follows `port`. */
  issuer?: string;
  /** Switches the development controls on; impossible in production. */
  control?: { secret: string };
  /** Encrypts keys at rest, at least 32 characters; the environment's `HALLPASS_SECRET` if not given. */
  secret?: string;
  /**
   * The secret that `secret` takes the place of: what it encrypted is encrypted anew. The environment's
   * `HALLPASS_PREVIOUS_SECRET` if not given.
   */
  previousSecret?: string;
  /** Whether one proxy in front appends to `X-Forwarded-For`: then its last address is where people come from. */
  trustProxy?: boolean;
  /** Told what happens. Never given a token, a password or anything personal. */
  log?: (event: IdentityEvent) => void;
}

export type IdentityEvent =
  | { type: "listening"; url: string }
  | { type: "closed" }
  | { type: "warning"; message: string }
  | { type: "server_error"; path: string; name: string; message: string };

export interface IssueTokenOptions {
  email: string;
  /** The first application if not given. */
  clientId?: string;
  /** All registered audiences if not given. */
  audience?: string;
  /** Code; the organization that the user joined first if not given. */
  organization?: string;
}

/** A user with their organizations, as `hallpass users list` shows them. */
export interface IdentityUser extends User {
  memberships: Membership[];
}

/** Invitations to organizations. */
export interface Invitations {
  /**
   * Makes one. Its code is in the answer and nowhere else.
   *
   * @throws IdentityError `invitation_invalid`, `organization_unknown`, `role_unknown`
   */
  create(input: Omit<CreateInvitationInput, "now">): Promise<Invitation & { code: string }>;
  /** All of them, the newest first. */
  list(): Promise<Invitation[]>;
  /** @throws IdentityError `invitation_unknown` when none that is open has this id */
  revoke(id: string): Promise<void>;
}

/** What a developer needs to connect an application and an API. */
export interface IdentityDescription {
  issuer: string;
  discoveryUrl: string;
  applications: readonly Omit<ApplicationSettings, "secrets">[];
  apis: readonly ApiSettings[];
}

/** An identity server. */
export interface Identity extends AsyncDisposable {
  readonly issuer: string;
  /** @throws IdentityError `port_taken` */
  listen(): Promise<{ url: string }>;
  /** Answers what is under way, then closes the port and the database. */
  close(): Promise<void>;
  /**
   * Signs an access token for a user without a sign-in.
   *
   * @returns `expiresIn` in seconds.
   * @throws IdentityError `user_unknown`, `application_unknown`, `audience_unknown`, `audiences_differ`, `organization_unknown`
   */
  issueToken(options: IssueTokenOptions): Promise<{ accessToken: string; expiresIn: number }>;
  /** Everybody, in the order in which they were created. */
  users(): Promise<IdentityUser[]>;
  readonly invitations: Invitations;
  describe(): IdentityDescription;
}
