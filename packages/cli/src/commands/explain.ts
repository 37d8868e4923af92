import type { VerifierOptions } from "@hallpass/tokens";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { explanationList, verdictOf } from "../explanation-list.ts";
import { addExamples, collect, configOption, dataOption, jsonOption } from "../options.ts";
import { type Paint, painter, say, wantsColor, widthOf } from "../terminal.ts";
import { readToken } from "../token-input.ts";
import { claimOf, type Trust, type TrustOptions, trustFor } from "../trust.ts";

interface ExplainOptions extends TrustOptions {
  json?: boolean;
}

/** `hallpass explain`: every check of a token, with what was found, what was expected and the fix. */
export function addExplainCommand(program: Command): void {
  const command = program
    .command("explain")
    .summary("say why a token is accepted or refused")
    .description(
      "Check an access token as an API would and print every check: what was found, what was expected, how to mend it. " +
        "The token itself is never printed.",
    )
    .argument("[token]", "the token; - or nothing reads it from standard input")
    .option("--issuer <url>", "who must have issued it (env: HALLPASS_ISSUER)")
    .option(
      "--audience <name>",
      "what it must be for; may be given more than once (env: HALLPASS_AUDIENCE)",
      collect,
    )
    .option("--client-id <id>", "instead of --audience, for issuers whose access tokens have none")
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (argument: string | undefined, options: ExplainOptions) => {
      process.exitCode = await explain(argument, options);
    });
  command.addHelpText(
    "after",
    "\nIssuer and audience come from the options, from the environment, or from the\n" +
      "config in this folder. Without an issuer it says what can be said of a token\n" +
      "that is not verified. The token is sent nowhere.\n" +
      "Exit code: 0 accepted, 1 refused, 2 wrong usage, 3 not decided: no issuer, or\n" +
      "its keys could not be had.",
  );
  addExamples(command, [
    [
      "what an API of this folder would say (the token stays out of the shell's history)",
      "hallpass explain - < token.txt",
    ],
    ["a token of the development server", "hallpass token --user ada@example.com | hallpass explain -"],
    [
      "a token of another issuer",
      "hallpass explain - --issuer https://yourapp.kinde.com --audience https://api.bookstore.example < token.txt",
    ],
  ]);
}

async function explain(argument: string | undefined, options: ExplainOptions): Promise<number> {
  if (argument !== undefined && argument !== "-" && !options.json) {
    say().warn(
      "A token in an argument stays in your shell's history. hallpass explain - reads it from standard input.",
    );
  }
  const token = await readToken(argument, process.stdin);
  const trust = await trustFor(token, options, process.cwd());
  const { createVerifier, explainUnverified } = await import("@hallpass/tokens");
  const explanation =
    trust === undefined
      ? await explainUnverified(token)
      : await verifierFrom(() => createVerifier(trust as VerifierOptions)).explain(token);
  const verdict = verdictOf(explanation);

  if (options.json) {
    const { checks } = explanation;
    const report = { outcome: verdict.outcome, verified: trust !== undefined, ...trust, checks };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const paint = painter(wantsColor(process.stdout));
    const list = explanationList(explanation, paint, widthOf(process.stdout));
    process.stdout.write(`${headOf(trust, token, paint)}\n\n${list}\n`);
  }
  return { accepted: exitCodes.ok, refused: exitCodes.failed, undecided: exitCodes.undecided }[
    verdict.outcome
  ];
}

/** What the token is checked against, or that it is not verified at all. */
function headOf(trust: Trust | undefined, token: string, paint: Paint): string {
  if (trust === undefined) {
    const named = claimOf(token, "iss");
    const hint = named === undefined ? "" : ` It names ${named}: pass that only if you trust it.`;
    return (
      `${paint(["bold", "yellow"], "NOT VERIFIED:")} no issuer was given, so anybody may have written this token.` +
      `${hint}\nGive --issuer URL and --audience NAME, or run the command in a folder with hallpass.config.ts.`
    );
  }
  const against = {
    Issuer: trust.issuer,
    Audience: trust.audience?.join(" or "),
    "Client id": trust.clientId,
  };
  return Object.entries(against)
    .filter(([, text]) => text !== undefined)
    .map(([label, text]) => `${paint("gray", label.padEnd(9))}  ${text}`)
    .join("\n");
}

/** A setting that the verifier refuses is the command line's fault, not the token's. */
function verifierFrom<T>(create: () => T): T {
  try {
    return create();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw usageError("settings_invalid", message.replace(/^createVerifier: /, ""));
  }
}
