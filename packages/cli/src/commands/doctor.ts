import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { diagnose } from "../doctor/diagnose.ts";
import { findingsList } from "../doctor/findings-list.ts";
import { addressFrom, originFrom, type Subject } from "../doctor/subject.ts";
import { exitCodes } from "../exit-codes.ts";
import { addExamples, configOption, dataOption, jsonOption } from "../options.ts";
import { type Surroundings, surroundings } from "../surroundings.ts";
import { painter, say, wantsColor, widthOf, withoutTokens } from "../terminal.ts";
import { readToken } from "../token-input.ts";

interface DoctorOptions {
  issuer?: string;
  clientId?: string;
  audience?: string;
  app?: string;
  redirectUri?: string;
  logoutUri?: string;
  api?: string;
  token?: string;
  config?: string;
  data?: string;
  json?: boolean;
}

/** `hallpass doctor`: what does not fit together between the pages, the issuer and the API. */
export function addDoctorCommand(program: Command): void {
  const command = program
    .command("doctor")
    .summary("find what does not fit between pages, issuer and API")
    .description(
      "Look at the sign-in and at the API, and say what does not fit: addresses, keys, redirect URIs, audience, CORS, cookies, clocks. " +
        "It begins no sign-in, and sends a token to the API alone.",
    )
    .option("--issuer <url>", "the issuer, as the pages know it (env: HALLPASS_ISSUER)")
    .option("--client-id <id>", "the application's client id (env: HALLPASS_CLIENT_ID)")
    .option("--audience <name>", "the API's audience (env: HALLPASS_AUDIENCE)")
    .option("--app <url>", "where the pages are, for example http://localhost:5173")
    .option("--redirect-uri <url>", "where a sign-in comes back to (default: the pages' address)")
    .option("--logout-uri <url>", "where a sign-out comes back to (default: the pages' address)")
    .option("--api <url>", "a protected endpoint of the API that answers GET")
    .option("--token <token>", "an access token; - reads it from standard input")
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: DoctorOptions) => {
      process.exitCode = await doctor(options);
    });
  command.addHelpText(
    "after",
    "\nOnly the issuer is needed; what is not given is not looked at. What the options\n" +
      "leave out comes from the environment, or from the config in this folder.\n" +
      "Exit code: 0 nothing wrong, 1 at least one problem, 2 wrong usage.",
  );
  addExamples(command, [
    ["the issuer alone", "hallpass doctor --issuer https://yourapp.kinde.com"],
    [
      "both halves of an application",
      "hallpass doctor --issuer https://yourapp.kinde.com --client-id YOUR_ID --audience https://api.bookstore.example " +
        "--app http://localhost:5173 --api http://localhost:4301/books",
    ],
    ["with a token from a pipe", "hallpass doctor --api http://localhost:4301/books --token - < token.txt"],
  ]);
}

async function doctor(options: DoctorOptions): Promise<number> {
  const subject = await subjectOf(options, await surroundings(options, process.cwd()));
  const progress = process.stderr.isTTY === true && !options.json;
  const findings = await diagnose(subject, (part) => {
    if (progress) say().start(`Looking at ${part} …`);
  });
  if (options.json) {
    const report = { ok: findings.every(({ status }) => status !== "problem"), findings };
    process.stdout.write(`${withoutTokens(JSON.stringify(report, null, 2))}\n`);
  } else {
    const list = findingsList(findings, painter(wantsColor(process.stdout)), widthOf(process.stdout));
    process.stdout.write(`${list}\n`);
  }
  return findings.some(({ status }) => status === "problem") ? exitCodes.failed : exitCodes.ok;
}

async function subjectOf(options: DoctorOptions, around: Surroundings): Promise<Subject> {
  const issuer = options.issuer ?? around.issuer;
  if (issuer === undefined) {
    throw usageError(
      "no_issuer",
      "There is no issuer to look at.",
      "give it as --issuer URL or HALLPASS_ISSUER, or run the command in a folder with hallpass.config.ts.",
    );
  }
  const app = options.app ?? around.app;
  const redirectUri = options.redirectUri ?? around.redirectUri ?? app;
  const logoutUri = options.logoutUri ?? around.logoutUri ?? app;
  return {
    issuer,
    clientId: options.clientId ?? around.clientId,
    audience: options.audience ?? around.audience,
    appOrigin: app === undefined ? undefined : originFrom(app, "--app"),
    redirectUri: redirectUri === undefined ? undefined : checked(redirectUri, "--redirect-uri"),
    postLogoutRedirectUri: logoutUri === undefined ? undefined : checked(logoutUri, "--logout-uri"),
    api: options.api === undefined ? undefined : addressFrom(options.api, "--api"),
    token: options.token === undefined ? undefined : await readToken(options.token, process.stdin),
  };
}

/** As it was written: redirect URIs are compared letter by letter. */
function checked(text: string, option: string): string {
  addressFrom(text, option);
  return text;
}
