import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAppsCommand } from "./commands/apps.ts";
import { addDevCommand } from "./commands/dev.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addInvitationsCommand } from "./commands/invitations.ts";
import { addKeysCommand } from "./commands/keys.ts";
import { addProbeCommand } from "./commands/probe.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addTokenCommand } from "./commands/token.ts";
import { addUsersCommand } from "./commands/users.ts";
import { withoutTokens } from "./terminal.ts";

/** The whole command line of `hallpass`. Throws `CommanderError` instead of ending the process. */
export function createProgram(): Command {
  const program = new Command("hallpass")
    .description(
      "Run the identity server on this machine, mint tokens, explain why a token is refused, probe an API.",
    )
    .version(packageVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError("(--help shows the options and examples)")
    .configureOutput({ outputError: (text, write) => write(withoutTokens(text)) })
    .addHelpText("after", "\nEach command has its own help with examples: hallpass dev --help");
  addDevCommand(program);
  addServeCommand(program);
  addTokenCommand(program);
  addUsersCommand(program);
  addInvitationsCommand(program);
  addKeysCommand(program);
  addAppsCommand(program);
  addExplainCommand(program);
  addDoctorCommand(program);
  addProbeCommand(program);
  return program;
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
