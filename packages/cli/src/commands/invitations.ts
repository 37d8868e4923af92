import type { Identity, Invitation } from "@hallpass/identity";
import { type Command, InvalidArgumentError } from "commander";
import { usageError } from "../cli-error.ts";
import { columns } from "../layout.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { openInstance } from "../open-instance.ts";
import { addExamples, collect, configOption, dataOption, jsonOption } from "../options.ts";
import { painter, printable, say, wantsColor } from "../terminal.ts";

interface DataOptions {
  config?: string;
  data?: string;
  json?: boolean;
}

interface CreateOptions extends DataOptions {
  organization: string;
  email?: string;
  role?: string[];
  days?: number;
  client?: string;
}

/** `hallpass invitations`: ask people into an organization. */
export function addInvitationsCommand(program: Command): void {
  const invitations = program
    .command("invitations")
    .summary("invite people to an organization")
    .description(
      "Invite people to an organization, by a link that works once. Works while the server is running, for hallpass dev " +
        "and for hallpass serve, which needs HALLPASS_SECRET.",
    )
    .helpCommand(false);
  addExamples(invitations, [
    ["a link to send to somebody", "hallpass invitations create --organization org_bookstore"],
    ["what became of it", "hallpass invitations list"],
  ]);

  const create = withData(invitations.command("create"))
    .summary("make an invitation and print its link")
    .description(
      "Make an invitation and print its link. The code in it is kept as a hash only, so this is the one time that it is shown.",
    )
    .requiredOption("--organization <code>", "the organization they join")
    .option("--email <address>", "only somebody with this address can accept it")
    .option("--role <key>", "a role they have there; may be given more than once", collect)
    .option("--days <number>", "how long it is good for, 1 to 90 (default: 7)", parseDays)
    .option("--client <id>", "the application that the link opens (default: the first one of the config)")
    .action(createInvitation);
  addExamples(create, [
    ["anyone who has the link", "hallpass invitations create --organization org_bookstore --role reader"],
    [
      "one person, until tomorrow",
      "hallpass invitations create --organization org_bookstore --email ada@example.com --days 1",
    ],
    ["the code alone", "hallpass invitations create --organization org_bookstore --json | jq -r .code"],
  ]);

  const list = withData(invitations.command("list"))
    .summary("list all invitations")
    .description("List all invitations, the newest first. Their codes cannot be shown again.")
    .action(listInvitations);
  addExamples(list, [
    ["a table", "hallpass invitations list"],
    [
      "those that nobody has used yet",
      "hallpass invitations list --json | jq '.[] | select(.status == \"open\")'",
    ],
  ]);

  const revoke = withData(invitations.command("revoke"))
    .summary("take an invitation back")
    .description("Take an invitation back that nobody has used yet.")
    .argument("<id>", "its id, as hallpass invitations list shows it")
    .action(revokeInvitation);
  addExamples(revoke, [["by its id", "hallpass invitations revoke inv_4f0c0d6d3c1b4a5e8f7a6b5c4d3e2f10"]]);
}

function withData(command: Command): Command {
  return command.addOption(configOption()).addOption(dataOption()).addOption(jsonOption());
}

async function createInvitation(options: CreateOptions): Promise<void> {
  await withIdentity("invitations create", options, async (identity) => {
    const home = homeOf(identity, options.client);
    const { organization, email, role, days } = options;
    const invitation = await identity.invitations.create({
      organization,
      ...(email === undefined ? {} : { email }),
      ...(role === undefined ? {} : { roles: role }),
      ...(days === undefined ? {} : { days }),
    });
    const link = linkTo(home, invitation.code);
    if (options.json) return print({ ...invitation, link });
    say().info(
      `${invitation.id}: to ${printable(invitation.organization.name)}, ` +
        `for ${invitation.email === null ? "whoever has the link" : printable(invitation.email)}, ` +
        `once, until ${dateOf(invitation.expiresAt)}. The link is not shown again.`,
    );
    process.stdout.write(`${link}\n`);
  });
}

async function listInvitations(options: DataOptions): Promise<void> {
  await withIdentity("invitations list", options, async (identity) => {
    const invitations = await identity.invitations.list();
    if (options.json) return print(invitations);
    if (invitations.length === 0) {
      say().info("There are no invitations. Make one with: hallpass invitations create --organization CODE");
      return;
    }
    const [head = "", ...lines] = columns([
      ["STATUS", "ORGANIZATION", "FOR", "ROLES", "UNTIL", "ID"],
      ...invitations.map(row),
    ]);
    const paint = painter(wantsColor(process.stdout));
    process.stdout.write(`${[paint("bold", head), ...lines].join("\n")}\n`);
  });
}

async function revokeInvitation(id: string, options: DataOptions): Promise<void> {
  await withIdentity("invitations revoke", options, async (identity) => {
    await identity.invitations.revoke(id);
    if (options.json) return print({ id, status: "revoked" });
    say().success(`${printable(id)} is revoked: nobody can accept it any more.`);
  });
}

async function withIdentity(
  command: string,
  options: DataOptions,
  work: (identity: Identity) => Promise<void>,
): Promise<void> {
  requireNodeForIdentity(command);
  const identity = await openInstance(options);
  try {
    await work(identity);
  } finally {
    await identity.close();
  }
}

/** The start page of the application that an invitation opens. */
function homeOf(identity: Identity, clientId: string | undefined): string {
  const { applications } = identity.describe();
  const application = applications.find((each) => clientId === undefined || each.clientId === clientId);
  if (application?.homeUri) return application.homeUri;
  throw usageError(
    "application_unknown",
    clientId === undefined
      ? "No application of the config has a page that a link could open."
      : `There is no application ${JSON.stringify(clientId)} with a page that a link could open.`,
    "name one of the config with --client, and give it a homeUri.",
  );
}

/** The application finds the code in its address and starts the sign-in with it. */
function linkTo(home: string, code: string): string {
  const url = new URL(home);
  url.searchParams.set("invitation_code", code);
  return url.href;
}

function row({ status, organization, email, roles, expiresAt, id }: Invitation): string[] {
  return [
    status,
    organization.code,
    email === null ? "anyone" : printable(email),
    roles.join(" ") || "-",
    dateOf(expiresAt),
    id,
  ];
}

function dateOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function parseDays(value: string): number {
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > 90) {
    throw new InvalidArgumentError("An invitation is good for 1 to 90 whole days.");
  }
  return Number(value);
}
