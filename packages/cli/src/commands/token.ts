import type { Command } from "commander";
import { requireNodeForIdentity } from "../node-version.ts";
import { openDevelopment } from "../open-development.ts";
import { addExamples, configOption, dataOption } from "../options.ts";
import { say } from "../terminal.ts";

interface TokenOptions {
  user: string;
  audience?: string;
  organization?: string;
  client?: string;
  config?: string;
  data?: string;
}

/** `hallpass token`: an access token on stdout, and nothing else there. */
export function addTokenCommand(program: Command): void {
  const command = program
    .command("token")
    .summary("print an access token of a user, for curl")
    .description(
      "Print an access token of a user of the development server, as a sign-in would have given it. " +
        "Works whether or not hallpass dev is running, over the same data folder. The token alone is on stdout.",
    )
    .requiredOption("--user <email>", "whose token (required)")
    .option("--audience <name>", "the API it is for (default: the first one of the config)")
    .option("--organization <code>", "the organization it is for (default: the user's first one)")
    .option("--client <id>", "the application it is issued to (default: the first one of the config)")
    .addOption(configOption())
    .addOption(dataOption())
    .action(token);
  addExamples(command, [
    [
      "call an API",
      'curl -H "Authorization: Bearer $(hallpass token --user ada@example.com)" http://localhost:4301/books',
    ],
    ["look into it", "hallpass token --user ada@example.com | hallpass explain -"],
  ]);
}

async function token(options: TokenOptions): Promise<void> {
  requireNodeForIdentity("token");
  const { identity, config } = await openDevelopment(options);
  try {
    const audience = options.audience ?? config.apis?.[0]?.audience;
    const { accessToken, expiresIn } = await identity.issueToken({
      email: options.user,
      ...(audience === undefined ? {} : { audience }),
      ...(options.organization === undefined ? {} : { organization: options.organization }),
      ...(options.client === undefined ? {} : { clientId: options.client }),
    });
    process.stdout.write(`${accessToken}\n`);
    say().info(
      `Valid for ${Math.round(expiresIn / 60)} minutes, from ${identity.issuer}${audience === undefined ? "" : ` for ${audience}`}.`,
    );
  } finally {
    await identity.close();
  }
}
