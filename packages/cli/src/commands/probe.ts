import type { TestIssuer } from "@hallpass/testing";
import { type Command, InvalidArgumentError, Option } from "commander";
import { usageError } from "../cli-error.ts";
import { dataFolder, readInstance } from "../data-folder.ts";
import { exitCodes } from "../exit-codes.ts";
import { addExamples, collect, configOption, dataOption, jsonOption, parsePort } from "../options.ts";
import { issuerWorkbench, type Workbench } from "../probe/attempt.ts";
import { shown } from "../probe/beginning.ts";
import { developmentToken, issuerKey, requireUsable } from "../probe/good-token.ts";
import { tokenWorkbench } from "../probe/mutation.ts";
import { type Finding, type Probing, probe } from "../probe/probing.ts";
import { findingLines, reportObject, summary } from "../probe/report.ts";
import { type RequestOptions, requireSafeForRealTokens, targetFrom } from "../probe/request.ts";
import { vectors } from "../probe/vectors.ts";
import { painter, say, wantsColor, widthOf } from "../terminal.ts";
import { readToken } from "../token-input.ts";

interface ProbeOptions extends RequestOptions {
  testIssuer?: number;
  token?: string | true;
  issuer?: string;
  audience?: string;
  clientId?: string;
  claimStyle?: "kinde" | "auth0" | "oauth";
  permission?: string[];
  scope?: string[];
  claims?: Record<string, unknown>;
  user?: string;
  config?: string;
  data?: string;
  /** Seconds. */
  wait: number;
  ignore?: string[];
  json?: boolean;
}

/** Where the tokens come from. */
interface Source {
  readonly workbench: Workbench;
  /** For people: whose tokens these are. */
  readonly about: string;
  /** What the API has to be told, for when it refuses the good token. */
  readonly trust: string;
  readonly close: () => Promise<void>;
}

/** `hallpass probe`: sends good and bad tokens to a running API in any language, and judges its answers. */
export function addProbeCommand(program: Command): void {
  const command = program
    .command("probe")
    .summary("find out which bad tokens an API accepts")
    .description(
      "Send good and bad tokens to a running API, in whatever language it is written, and print which bad ones it " +
        "accepts and which good ones it refuses, with the reason and the fix.",
    )
    .argument("<url>", "a route that needs a token, such as http://localhost:4301/books")
    .option(
      "--test-issuer <port>",
      "sign all tokens with a test issuer on this port, which the API trusts",
      parsePort,
    )
    .option(
      "--token [token]",
      "make bad tokens out of this good one; - or nothing reads it from standard input",
    )
    .option(
      "--user <email>",
      "make them out of a token of this user of hallpass dev (default: the first of the config)",
    )
    .option(
      "--audience <name>",
      "the API's own name (default: https://api.bookstore.example, or the config's)",
    )
    .option(
      "--issuer <url>",
      "with --token: who issued it, to fetch the public key that one bad token is made with",
    )
    .option(
      "--permission <name>",
      "with --test-issuer: a permission that the route asks for; may be repeated",
      collect,
    )
    .option("--scope <name>", "with --test-issuer: a scope that the route asks for; may be repeated", collect)
    .option("--claims <json>", "with --test-issuer: further claims of all tokens", parseClaims)
    .option("--client-id <id>", "with --test-issuer: the application of the tokens (default: bookstore-web)")
    .addOption(
      new Option(
        "--claim-style <name>",
        "with --test-issuer: whose claim names the tokens use (default: kinde)",
      ).choices(["kinde", "auth0", "oauth"]),
    )
    .option("--path <path>", "path of the route, in the place of the address's own")
    .option("--method <name>", "HTTP method", "GET")
    .option("--header <line>", "a further header, 'Name: value'; may be repeated", collect)
    .option(
      "--body <json>",
      "the body of each request; with POST, each good token really does what the route does",
    )
    .option("--timeout <seconds>", "for each answer", parseSeconds, 10)
    .option(
      "--wait <seconds>",
      "how long to wait until the API is there and accepts the good token",
      parseSeconds,
      0,
    )
    .option("--ignore <name>", "leave one out by its name; may be repeated", collect)
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (url: string, options: ProbeOptions) => {
      process.exitCode = await run(url, options);
    });
  command.addHelpText(
    "after",
    "\nThe tokens are sent to the address that you give and to no other; redirects are\nnot followed. What is sent stands in docs/probe-vectors.json.\n" +
      "Exit code: 0 all answers are right, 1 some are wrong, 2 wrong usage, 3 nothing\ncan be told: the API cannot be reached, or refuses the good token too.",
  );
  addExamples(command, [
    [
      "all of them: start the API with HALLPASS_ISSUER=http://localhost:4310, then",
      "hallpass probe http://localhost:4301/books --test-issuer 4310 --audience https://api.bookstore.example",
    ],
    [
      "those that can be made of a token of hallpass dev in this folder",
      "hallpass probe http://localhost:4301/books",
    ],
    [
      "those that can be made of any good token",
      "hallpass probe https://api.example.com/books --token - --issuer https://yourapp.kinde.com < token.txt",
    ],
    [
      "a route that asks for a permission, with a body",
      "hallpass probe http://localhost:4301 --path /books --method POST --permission create:books --test-issuer 4310 --body '{}'",
    ],
  ]);
}

async function run(address: string, options: ProbeOptions): Promise<number> {
  const target = targetFrom(address, options);
  const ignored = ignoredNames(options.ignore ?? []);
  if (options.testIssuer === undefined) requireSafeForRealTokens(target);
  const source = await sourceFor(options);
  const paint = painter(wantsColor(process.stdout));
  const width = widthOf(process.stdout);
  try {
    if (!options.json) {
      process.stdout.write(`${target.method} ${shown(target.url)}\n${paint("gray", source.about)}\n\n`);
    }
    const probing = await probe({
      target,
      ignored,
      workbench: source.workbench,
      trust: source.trust,
      patience: options.wait * 1000,
      onFinding: options.json
        ? showPlace
        : (finding) => process.stdout.write(`${findingLines(finding, paint, width).join("\n")}\n`),
      onWait: (seconds) => say().info(`The API asks to be asked again in ${seconds} s: waiting.`),
    });
    const report = options.json
      ? JSON.stringify(
          { url: shown(target.url), method: target.method, tokens: source.about, ...reportObject(probing) },
          null,
          2,
        )
      : `\n${summary(probing, paint, width)}`;
    process.stdout.write(`${report}\n`);
    return exitCodeFor(probing);
  } finally {
    await source.close();
  }
}

function exitCodeFor({ findings }: Probing): number {
  return findings.every(({ verdict }) => verdict === "right" || verdict === "unusual")
    ? exitCodes.ok
    : exitCodes.failed;
}

/** Where nothing is printed until the end, a terminal still shows that it is alive. */
function showPlace(finding: Finding, place: number, of: number): void {
  if (!process.stderr.isTTY) return;
  const line = place === of ? "" : `${place} of ${of}: ${finding.vector.name}`;
  process.stderr.write(`\r\u001b[K${line}`);
}

async function sourceFor(options: ProbeOptions): Promise<Source> {
  if (options.testIssuer !== undefined && options.token !== undefined) {
    throw usageError("usage", "--test-issuer and --token are two sources of tokens.", "give one of them.");
  }
  if (options.testIssuer !== undefined) return fromTestIssuer(options.testIssuer, options);
  requireOnlyWithTestIssuer(options);
  if (options.token !== undefined) return fromToken(options.token, options);
  return fromDevelopment(options);
}

async function fromTestIssuer(port: number, options: ProbeOptions): Promise<Source> {
  const { createTestIssuer } = await import("@hallpass/testing");
  const { permission, scope, claims } = options;
  const issuer: TestIssuer = await createTestIssuer({
    port,
    ...(options.audience !== undefined && { audience: options.audience }),
    ...(options.clientId !== undefined && { clientId: options.clientId }),
    ...(options.claimStyle !== undefined && { dialect: options.claimStyle }),
    usual: {
      ...(permission !== undefined && { permissions: permission }),
      ...(scope !== undefined && { scopes: scope }),
      ...(claims !== undefined && { claims }),
    },
  }).catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.includes("is taken")) throw error;
    throw usageError(
      "port_taken",
      `Port ${port} is taken.`,
      "give --test-issuer another port, and tell the API.",
    );
  });
  return {
    workbench: issuerWorkbench(issuer),
    about: `with tokens of a test issuer, ${issuer.issuer}, for ${issuer.audience}`,
    trust:
      `start the API with the issuer ${issuer.issuer} (HALLPASS_ISSUER, or whatever your API calls it; its keys are at ` +
      `${issuer.jwksUri}) and the audience ${issuer.audience}. --wait 60 gives you a minute for it.`,
    close: () => issuer.close(),
  };
}

async function fromToken(given: string | true, options: ProbeOptions): Promise<Source> {
  const argument = given === true ? "-" : given;
  if (argument !== "-") {
    say().warn(
      "A token in an argument stays in your shell's history. --token - reads it from standard input.",
    );
  }
  const token = await readToken(argument, process.stdin);
  requireUsable(token);
  const issuer = options.issuer ?? process.env.HALLPASS_ISSUER;
  const key = issuer ? await issuerKey(token, issuer) : undefined;
  return {
    workbench: tokenWorkbench(token, key),
    about: "with the token that was given, and with what can be made of it",
    trust: "hallpass explain - says what is wrong with the token; is it for this API?",
    close: async () => undefined,
  };
}

async function fromDevelopment(options: ProbeOptions): Promise<Source> {
  if (readInstance(dataFolder(process.cwd(), options.data)) === undefined && options.config === undefined) {
    throw usageError(
      "no_tokens",
      "There are no tokens to send: no hallpass dev has run in this folder.",
      "give --test-issuer 4310 (and let the API trust http://localhost:4310), --token - with a good token on standard input, or --data DIR of hallpass dev.",
    );
  }
  const { token, issuer, audience, user } = await developmentToken(options);
  return {
    workbench: tokenWorkbench(token, await issuerKey(token, issuer)),
    about: `with a token of ${user} from ${issuer}${audience === undefined ? "" : ` for ${audience}`}, and with what can be made of it`,
    trust: `is hallpass dev running, and does the API trust ${issuer}${audience === undefined ? "" : ` with the audience ${audience}`}?`,
    close: async () => undefined,
  };
}

function requireOnlyWithTestIssuer(options: ProbeOptions): void {
  const { permission, scope, claims, clientId, claimStyle } = options;
  const given = { permission, scope, claims, "client-id": clientId, "claim-style": claimStyle };
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw usageError(
    "usage",
    `--${name} says what the test issuer writes into its tokens; there is none.`,
    "add --test-issuer 4310, or leave it out.",
  );
}

function ignoredNames(names: readonly string[]): ReadonlySet<string> {
  const known = new Set(vectors.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return new Set(names);
  throw usageError(
    "vector_unknown",
    "--ignore names something that is not sent.",
    `there are: ${[...known].join(", ")}`,
  );
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || seconds > 600) {
    throw new InvalidArgumentError("Seconds are a number from 0 to 600.");
  }
  return seconds;
}

function parseClaims(value: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(value);
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) {
      return claims as Record<string, unknown>;
    }
  } catch {
    // told below
  }
  throw new InvalidArgumentError('Claims are a JSON object, such as \'{"tenant":"north"}\'.');
}
