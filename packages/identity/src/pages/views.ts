/**
 * What each page shows. Forms are sent by POST to `action` with a hidden field `csrf`; the names of their
 * other fields stand with each view. All text is escaped by the pages; addresses that are neither http(s)
 * nor a path of this server are left out.
 */

interface FormView {
  /** Where the form is sent. */
  action: string;
  /** Value of the hidden field `csrf`. */
  csrf: string;
}

/** Fields: `email`, `password`. */
export interface SignInView extends FormView {
  applicationName: string;
  /** What was typed before, or a login hint. */
  email?: string;
  /** Why the last attempt failed, as a sentence. */
  error?: string;
  registerHref: string;
  /** Name of the organization that they join with it. */
  invitedTo?: string;
  /** Whether `email` is the only address that will do. */
  emailFixed?: boolean;
}

export type RegisterField = "givenName" | "familyName" | "email" | "password";

/** Fields: `givenName`, `familyName`, `email`, `password`. */
export interface RegisterView extends FormView {
  applicationName: string;
  email?: string;
  givenName?: string;
  familyName?: string;
  /** A sentence for each field that was refused; `form` for what concerns none of them. */
  errors?: Partial<Record<RegisterField | "form", string>>;
  signInHref: string;
  /** Name of the organization that they join with it. */
  invitedTo?: string;
  /** Whether `email` is the only address that will do. */
  emailFixed?: boolean;
}

/** Field: `decision`, either `allow` or `deny`. */
export interface ConsentView extends FormView {
  applicationName: string;
  /** Who is signed in. */
  email: string;
  /** Scopes asked for, each with what it means if that is known. */
  scopes: readonly { key: string; description?: string }[];
  /** Host that the browser returns to: what a person can check. */
  redirectHost: string;
}

/** Field: `organization`, a code. */
export interface ChooseOrganizationView extends FormView {
  applicationName: string;
  email?: string;
  organizations: readonly { code: string; name: string }[];
  /** Where somebody else signs in. */
  switchHref: string;
}

/** A form without fields: sent, it leads back to the application. */
export interface MembershipView extends FormView {
  applicationName: string;
  email?: string;
  /** Whether the application named the organization, or needs any at all. */
  organizationWasNamed: boolean;
  /** Where somebody else signs in. */
  switchHref: string;
}

/** A form without fields: sent to `action`, it accepts; sent to `withoutAction`, it goes on without. */
export interface AcceptInvitationView extends FormView {
  applicationName: string;
  organizationName: string;
  /** Who is signed in. */
  email: string;
  /** Whether they have accepted it before. */
  accepted: boolean;
  withoutAction: string;
  switchHref: string;
}

/** A form without fields: sent, it goes on without the invitation. */
export interface RefusedInvitationView extends WayOn {
  withoutAction: string;
  csrf: string;
  applicationName: string;
  refusal: "unknown" | "used" | "expired" | "revoked" | "other_email";
  /** Who is signed in, if anybody is. */
  email?: string;
  /** Whom it is for, where that is why. */
  invitedEmail?: string;
  /** Where somebody else signs in. */
  switchHref: string;
}

/** Field: `name`. */
export interface CreateOrganizationView extends FormView {
  applicationName: string;
  /** What was typed before, or what the application proposes. */
  name?: string;
  /** Why the last attempt failed, as a sentence. */
  error?: string;
}

/** Field: `logout` with the value `yes` when the person wants to sign out, absent when not. */
export interface LogoutConfirmView {
  action: string;
  /** Hidden fields, for example `{ xsrf: "…" }`. */
  fields: Readonly<Record<string, string>>;
  applicationName?: string;
  email?: string;
}

interface WayOn {
  returnHref?: string;
  /** Text of the link; "Continue" if not given. */
  returnLabel?: string;
}

export interface SignedOutView extends WayOn {
  applicationName?: string;
}

/** The form says that the person wants to sign out everywhere. */
export interface AccountView extends WayOn {
  action: string;
  fields: Readonly<Record<string, string>>;
  applicationName?: string;
  /** `null` for somebody who gave none. */
  name: string | null;
  email: string;
  organizations: readonly { code: string; name: string }[];
  /** Why the page does not have what somebody came for, as a sentence. */
  note?: string;
}

/** A sign-in page that was left open for too long, or used twice. */
export interface SessionExpiredView extends WayOn {
  applicationName?: string;
}

export interface ErrorView extends WayOn {
  applicationName?: string;
  title: string;
  /** What happened, as a sentence. */
  message: string;
  /** What to do about it. */
  fix?: string;
  /** A stable name for the error, for developers. */
  code?: string;
  /** The HTTP status it is sent with. */
  status: number;
}
