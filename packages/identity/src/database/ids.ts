import { createHash, randomBytes } from "node:crypto";

const random = (): string => randomBytes(16).toString("hex");

/** The `sub` of a user, in Kinde's form: `kp_` and 128 random bits. */
export const newUserId = (): string => `kp_${random()}`;

/** The `org_code` of an organization, in Kinde's form: `org_` and 128 random bits. */
export const newOrganizationCode = (): string => `org_${random()}`;

/**
 * The same code for the same key, which is a secret of 120 bits or more: what is created under it is created once,
 * however often it is tried.
 */
export const organizationCodeFor = (key: string): string =>
  `org_${createHash("sha256").update(`organization ${key}`).digest("hex").slice(0, 32)}`;

export const newInvitationId = (): string => `inv_${random()}`;

export const newRoleId = (): string => `role_${random()}`;

/** Sorts by time: milliseconds since 1970 in front, random bits behind. */
export const newEventId = (now: number): string => `evt_${now.toString(36).padStart(9, "0")}_${random()}`;

/** Names a client secret to people; 64 random bits are enough for two of one application. */
export const newClientSecretId = (): string => `sec_${randomBytes(8).toString("hex")}`;
