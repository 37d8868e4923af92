import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import { developmentAddress } from "../address.ts";
import { announce, readyObject } from "../announcement.ts";
import { loadConfig } from "../config-file.ts";
import { claimFolder, dataFolder, noteInstance } from "../data-folder.ts";
import { defaultConfig, starterConfig } from "../default-config.ts";
import { parseEnvTargets, writeEnv } from "../env-file.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { addExamples, configOption, dataOption, parsePort } from "../options.ts";
import { showProblem } from "../server-log.ts";
import { closeOnSignal } from "../stop-signal.ts";
import { painter, say, wantsColor } from "../terminal.ts";

interface DevOptions {
  config?: string;
  port?: number;
  host?: string;
  data?: string;
  control?: boolean;
  writeEnv?: string[];
  json?: boolean;
}

/** `hallpass dev`: the identity server on this machine, with its users seeded from the config. */
export function addDevCommand(program: Command): void {
  const command = program
    .command("dev")
    .summary("run the identity server for development")
    .description(
      "Run the identity server on this machine for development, from hallpass.config.ts, and print what an " +
        "application and an API need to know. Without a config it runs with an example. Listens on loopback only.",
    )
    .addOption(configOption())
    .option(
      "--port <number>",
      "port to listen on; 0 takes a free one (default: that of the config's issuer, or 4300)",
      parsePort,
    )
    .option("--host <address>", "loopback address to listen on (default: localhost)")
    .addOption(dataOption())
    .option("--control", "open the control endpoint for tests: clock, faults, forced refusals")
    .option(
      "--write-env <half=dir...>",
      "write issuer, client id and audience into the .env of web=DIR and api=DIR; other lines stay",
    )
    .option("--json", "print one line of JSON when it is ready, instead of text")
    .action(dev);
  command.addHelpText(
    "after",
    "\nHALLPASS_CONTROL_SECRET sets the secret of --control; without it a new one is\nmade.",
  );
  addExamples(command, [
    [
      "start, and write the settings of both halves of the application",
      "hallpass dev --write-env web=frontend,api=backend",
    ],
    ["another port and other data than the project's", "hallpass dev --port 4400 --data /tmp/hallpass-try"],
    [
      "for browser tests: a free port, the control endpoint, and all of it as JSON",
      'hallpass dev --port 0 --data "$(mktemp -d)" --control --json',
    ],
  ]);
}

async function dev(options: DevOptions): Promise<void> {
  requireNodeForIdentity("dev");
  const started = performance.now();
  const cwd = process.cwd();
  const envTargets = parseEnvTargets(options.writeEnv ?? [], cwd);
  const loaded = await loadConfig(cwd, options.config);
  const config = loaded?.config ?? defaultConfig;
  const address = developmentAddress(config, options);
  const folder = dataFolder(cwd, options.data);
  claimFolder(folder, "development");
  if (loaded === undefined) hintAtConfig();
  const controlSecret = options.control
    ? process.env.HALLPASS_CONTROL_SECRET || randomBytes(24).toString("base64url")
    : undefined;

  say().start("Starting the identity server: keys, database and users");
  const { createIdentity } = await import("@hallpass/identity");
  const identity = await createIdentity({
    // The issuer goes with the config, not as an option: then it follows the port, also where that is found only now.
    config: { ...config, issuer: "http://localhost" },
    dataDir: folder,
    mode: "development",
    host: address.host,
    port: address.port,
    log: showProblem,
    ...(controlSecret === undefined ? {} : { control: { secret: controlSecret } }),
  });
  const { issuer } = identity;
  const closed = closeOnSignal(() => identity.close());
  await identity.listen();
  noteInstance(folder, { mode: "development", issuer, config: loaded?.file ?? null });

  const spa = config.applications?.find((application) => application.type === "spa");
  const values = { issuer, clientId: spa?.clientId, audience: config.apis?.[0]?.audience };
  const env = envTargets.map((target) => writeEnv(target, values));
  const facts = {
    issuer,
    port: Number(new URL(issuer).port),
    config,
    configFile: loaded?.file,
    dataFolder: folder,
    developmentPage: `${issuer}/`,
    env,
    controlUrl: `${issuer}/_hallpass/control`,
    controlSecret,
    seconds: (performance.now() - started) / 1000,
  };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(readyObject(facts))}\n`
      : announce(facts, painter(wantsColor(process.stdout))),
  );
  await closed;
}

function hintAtConfig(): void {
  say().info(
    `There is no hallpass.config.ts here: running with a built-in example. To have your own, write one:\n\n${starterConfig.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}\n`,
  );
}
