import type { Command } from "commander";
import { columns } from "../layout.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { openDevelopment } from "../open-development.ts";
import { addExamples, configOption, dataOption, jsonOption } from "../options.ts";
import { painter, printable, say, wantsColor } from "../terminal.ts";

interface ListOptions {
  config?: string;
  data?: string;
  json?: boolean;
}

/** `hallpass users`: who is in the directory. */
export function addUsersCommand(program: Command): void {
  const users = program
    .command("users")
    .summary("list the users of the development server")
    .description("Look at the users of the development server.")
    .helpCommand(false);
  addExamples(users, [["everyone, with their organizations", "hallpass users list"]]);

  const list = users
    .command("list")
    .summary("list all users")
    .description(
      "List all users, those who registered as well as those of the config. Works while hallpass dev is running.",
    )
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(listUsers);
  addExamples(list, [
    ["a table", "hallpass users list"],
    ["the e-mail addresses only", "hallpass users list --json | jq -r '.[].email'"],
  ]);
}

async function listUsers(options: ListOptions): Promise<void> {
  requireNodeForIdentity("users list");
  const { identity } = await openDevelopment(options);
  try {
    const users = await identity.users();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(users, null, 2)}\n`);
      return;
    }
    if (users.length === 0) {
      say().info("There are no users yet. Put some into the config, or register on the sign-in page.");
      return;
    }
    const paint = painter(wantsColor(process.stdout));
    const rows = users.map((user) => [
      printable(user.email),
      printable(user.name ?? ""),
      user.memberships.map(({ code, roles }) => [code, ...roles].join(" ")).join("; "),
      user.id,
    ]);
    const [head = "", ...lines] = columns([["EMAIL", "NAME", "ORGANIZATIONS", "ID"], ...rows]);
    process.stdout.write(`${[paint("bold", head), ...lines].join("\n")}\n`);
  } finally {
    await identity.close();
  }
}
