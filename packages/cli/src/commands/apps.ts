import type { Applications, RegisteredApplication } from "@hallpass/identity/applications";
import type { Command } from "commander";
import { dataFolder } from "../data-folder.ts";
import { columns } from "../layout.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { addExamples, dataOption, jsonOption } from "../options.ts";
import { painter, printable, say, wantsColor } from "../terminal.ts";

interface AppsOptions {
  data?: string;
  json?: boolean;
}

const BESIDE_SERVER = "Works on the data of hallpass dev and of hallpass serve, also while they run.";

/** `hallpass apps`: the applications and the secrets they authenticate with. */
export function addAppsCommand(program: Command): void {
  const apps = program
    .command("apps")
    .summary("list the applications, replace their secrets")
    .description(`Look at the applications, and make and revoke their secrets. ${BESIDE_SERVER}`)
    .helpCommand(false);
  addExamples(apps, [
    ["all applications", "hallpass apps list"],
    ["a secret for a machine", "hallpass apps secret add bookstore-jobs"],
  ]);
  const list = leaf(apps, "list", "list all applications", listApps).description(
    `List the applications that the server last started with. ${BESIDE_SERVER}`,
  );
  addExamples(list, [
    ["a table", "hallpass apps list"],
    [
      "those without a secret yet",
      "hallpass apps list --json | jq -r '.[] | select(.secrets == []).clientId'",
    ],
  ]);
  addSecretCommands(apps);
}

function addSecretCommands(apps: Command): void {
  const secret = apps
    .command("secret")
    .summary("make, list and revoke the secrets of an application")
    .description(
      "The secrets of an application. Two may be valid at a time, so that one can be replaced without a gap: " +
        "add the new one, give it to the application, and revoke the old one when it is no longer used.",
    )
    .helpCommand(false);
  addExamples(secret, [
    ["replace a secret: make the next one", "hallpass apps secret add bookstore-jobs"],
    ["see when the old one was last used", "hallpass apps secret list bookstore-jobs"],
    ["end the old one", "hallpass apps secret revoke bookstore-jobs sec_0f3a9c1d2b4e5f60"],
  ]);
  const add = leaf(secret, "add <client-id>", "make a secret and print it, once", addSecret).description(
    "Make another secret for an application and print it: alone on stdout, and never again, because only its hash is kept. " +
      BESIDE_SERVER,
  );
  addExamples(add, [
    [
      "into a file that only you can read",
      "(umask 077; hallpass apps secret add bookstore-jobs > secret.txt)",
    ],
    ["on the data of a server", "hallpass apps secret add bookstore-jobs --data /var/lib/hallpass"],
  ]);
  const list = leaf(
    secret,
    "list <client-id>",
    "list the secrets of an application",
    listSecrets,
  ).description(
    `List the secrets of an application by their ids, with the time of their last use. ${BESIDE_SERVER}`,
  );
  addExamples(list, [["which one is still used", "hallpass apps secret list bookstore-jobs"]]);
  const revoke = leaf(
    secret,
    "revoke <client-id> [secret-id]",
    "end a secret at once",
    revokeSecret,
  ).description(
    "End a secret at once. The id may be left out when the application has one secret. Tokens that it was exchanged " +
      `for stay valid until they expire. ${BESIDE_SERVER}`,
  );
  addExamples(revoke, [
    ["one of two", "hallpass apps secret revoke bookstore-jobs sec_0f3a9c1d2b4e5f60"],
    ["the only one", "hallpass apps secret revoke bookstore-jobs"],
  ]);
}

function leaf(
  parent: Command,
  name: string,
  summary: string,
  action: (...args: never[]) => Promise<void>,
): Command {
  return parent
    .command(name)
    .summary(summary)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(action as (...args: unknown[]) => Promise<void>);
}

async function withApplications(
  command: string,
  options: AppsOptions,
  work: (applications: Applications) => Promise<void>,
): Promise<void> {
  requireNodeForIdentity(command);
  // Not the whole identity server, which takes several times as long to load.
  const { openApplications } = await import("@hallpass/identity/applications");
  const applications = await openApplications({ dataDir: dataFolder(process.cwd(), options.data) });
  try {
    await work(applications);
  } finally {
    await applications.close();
  }
}

async function listApps(options: AppsOptions): Promise<void> {
  await withApplications("apps list", options, async (applications) => {
    const all = await applications.list();
    if (options.json) return printJson(all);
    if (all.length === 0)
      return say().info("There are no applications. Add one to applications in the config.");
    printTable(
      ["CLIENT ID", "TYPE", "AUTHENTICATES WITH", "NAME"],
      all.map((application) => [
        application.clientId,
        application.type,
        authenticationOf(application),
        printable(application.name),
      ]),
    );
  });
}

function authenticationOf({ authentication, secrets }: RegisteredApplication): string {
  if (authentication === "none") return "nothing (public)";
  if (authentication === "private_key_jwt") return "its keys";
  return secrets.length === 0
    ? "no secret yet"
    : secrets.length === 1
      ? "a secret"
      : `${secrets.length} secrets`;
}

async function addSecret(clientId: string, options: AppsOptions): Promise<void> {
  await withApplications("apps secret add", options, async (applications) => {
    const { id, secret } = await applications.addSecret(clientId);
    if (options.json) return printJson({ clientId, id, secret });
    process.stdout.write(`${secret}\n`);
    say().info(`The secret ${id} of ${clientId} is valid now. Keep it: it cannot be shown again.`);
  });
}

async function listSecrets(clientId: string, options: AppsOptions): Promise<void> {
  await withApplications("apps secret list", options, async (applications) => {
    const { secrets } = await applications.find(clientId);
    if (options.json) return printJson(secrets);
    if (secrets.length === 0) return say().info(`${clientId} has no secret.`);
    printTable(
      ["ID", "FROM", "MADE", "LAST USED"],
      secrets.map(({ id, fromSettings, createdAt, lastUsedAt }) => [
        id,
        fromSettings ? "the config" : "apps secret add",
        dateText(createdAt),
        lastUsedAt === null ? "never" : dateText(lastUsedAt),
      ]),
    );
  });
}

async function revokeSecret(
  clientId: string,
  secretId: string | undefined,
  options: AppsOptions,
): Promise<void> {
  await withApplications("apps secret revoke", options, async (applications) => {
    const id = await applications.revokeSecret(clientId, secretId);
    const { secrets } = await applications.find(clientId);
    if (options.json) return printJson({ clientId, id, left: secrets.length });
    say().success(
      `The secret ${id} of ${clientId} is no longer valid. ${secrets.length === 0 ? "It has none left." : `It has ${secrets.length} left.`}`,
    );
  });
}

const dateText = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+/, "");

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const paint = painter(wantsColor(process.stdout));
  const [first = "", ...lines] = columns([head, ...rows]);
  process.stdout.write(`${[paint("bold", first), ...lines].join("\n")}\n`);
}
