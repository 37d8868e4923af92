import type { Migration } from "../migration.ts";
import { directory } from "./0001-directory.ts";
import { provider } from "./0002-provider.ts";
import { applications } from "./0003-applications.ts";
import { invitations } from "./0005-invitations.ts";
import { properties } from "./0006-properties.ts";
import { signingKeys } from "./0007-signing-keys.ts";

/** Every migration, in the order of their numbers. */
export const migrations: readonly Migration[] = [
  directory,
  provider,
  applications,
  invitations,
  properties,
  signingKeys,
];
