import { type Command, Option } from "commander";
import { productionAddress } from "../address.ts";
import { usageError } from "../cli-error.ts";
import { loadConfig } from "../config-file.ts";
import { claimFolder, dataFolder, noteInstance } from "../data-folder.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { addExamples, configOption, dataOption, parsePort } from "../options.ts";
import { requireSecret } from "../secret.ts";
import { showProblem } from "../server-log.ts";
import { closeOnSignal } from "../stop-signal.ts";
import { say } from "../terminal.ts";

interface ServeOptions {
  config?: string;
  issuer?: string;
  port?: number;
  host?: string;
  data?: string;
  trustProxy?: boolean;
  control?: boolean;
  json?: boolean;
}

/** `hallpass serve`: the identity server for the public, without anything that development opens. */
export function addServeCommand(program: Command): void {
  const command = program
    .command("serve")
    .summary("run the identity server in production")
    .description(
      "Run the identity server in production: no seeded users, no overview page, no control endpoint. " +
        "The issuer has to be https (a reverse proxy in front has the certificate) or loopback.",
    )
    .addOption(configOption())
    .addOption(
      new Option("--issuer <url>", "public address; goes before the config's").env("HALLPASS_ISSUER"),
    )
    .option("--port <number>", "port to listen on (default: 4300)", parsePort)
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .addOption(dataOption())
    .option(
      "--trust-proxy",
      "take people's addresses from X-Forwarded-For; only with a proxy in front that sets it",
    )
    .addOption(new Option("--control").hideHelp())
    .option("--json", "print one line of JSON when it is ready, instead of text")
    .action(serve);
  command.addHelpText(
    "after",
    "\nHALLPASS_SECRET is required: at least 32 characters that encrypt the keys in the\n" +
      "data folder. Keep it, and keep it secret.",
  );
  addExamples(command, [
    ["make a secret once, and keep it where your other secrets are", "openssl rand -base64 32"],
    [
      "behind a reverse proxy on the same machine",
      "HALLPASS_SECRET=… hallpass serve --issuer https://id.example.com --data /var/lib/hallpass",
    ],
  ]);
}

async function serve(options: ServeOptions): Promise<void> {
  requireNodeForIdentity("serve");
  if (options.control) {
    throw usageError(
      "control_in_production",
      "hallpass serve has no control endpoint: it could move the clock and refuse sign-ins of real users.",
      "leave --control out, or use hallpass dev --control for tests.",
    );
  }
  const cwd = process.cwd();
  const loaded = await loadConfig(cwd, options.config);
  if (loaded === undefined) {
    throw usageError(
      "config_missing",
      "There is no hallpass.config.ts in this folder: production has no built-in example.",
      "run the command where the config is, or name it with --config FILE.",
    );
  }
  const address = productionAddress(loaded.config, options);
  const secret = requireSecret(process.env.HALLPASS_SECRET);
  const folder = dataFolder(cwd, options.data);
  claimFolder(folder, "production");

  say().start("Starting the identity server: keys and database");
  const { createIdentity } = await import("@hallpass/identity");
  const identity = await createIdentity({
    config: loaded.config,
    dataDir: folder,
    mode: "production",
    ...address,
    secret,
    trustProxy: options.trustProxy ?? false,
    log: showProblem,
  });
  const closed = closeOnSignal(() => identity.close());
  await identity.listen();
  noteInstance(folder, { mode: "production", issuer: address.issuer, config: loaded.file });
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ready: true, ...address, data: folder })}\n`
      : `ready: issuer ${address.issuer}, listening on ${address.host}:${address.port}\n`,
  );
  await closed;
}
