import type { KeyRotation, SigningKeyDescription, SigningKeys } from "@hallpass/identity";
import type { Command } from "commander";
import { dataFolder, readInstance } from "../data-folder.ts";
import { columns } from "../layout.ts";
import { requireNodeForIdentity } from "../node-version.ts";
import { addExamples, dataOption, jsonOption } from "../options.ts";
import { requireSecret } from "../secret.ts";
import { painter, say, wantsColor } from "../terminal.ts";

interface KeysOptions {
  data?: string;
  json?: boolean;
}

/** `hallpass keys`: the keys that tokens are signed with, of `dev` or of `serve`, running or not. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command("keys")
    .summary("list, rotate and retire the signing keys")
    .description(
      "The keys that tokens are signed with. They are replaced by themselves every 90 days (keys.rotateAfter in the " +
        "config); these commands are for looking, and for not waiting. A running server follows within ten seconds.",
    )
    .helpCommand(false);
  addExamples(keys, [
    ["which keys there are", "hallpass keys list"],
    ["a new key, without anybody noticing", "hallpass keys rotate"],
  ]);
  addList(keys);
  addRotate(keys);
  addRetire(keys);
}

function addList(keys: Command): void {
  const list = keys
    .command("list")
    .summary("list the published keys")
    .description("List the keys that are published: their state, and the times at which it changes.")
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: KeysOptions) => {
      await withKeys("keys list", options, async (opened) => show(await opened.list(), options.json));
    });
  addExamples(list, [
    ["a table", "hallpass keys list"],
    [
      "the key that signs now",
      "hallpass keys list --json | jq -r '.[] | select(.state == \"signing\") | .kid'",
    ],
  ]);
}

function addRotate(keys: Command): void {
  const rotate = keys
    .command("rotate")
    .summary("publish the next key")
    .description(
      "Publish the next key of each algorithm. It signs in an hour, when every verifier has seen it; the old one stays " +
        "published until the last token it signed has expired. Nobody is signed out and no token is refused.",
    )
    .option("--now", "for emergencies: the new key signs at once, before verifiers have seen it")
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: KeysOptions & { now?: boolean }) => {
      await withKeys("keys rotate", options, async (opened) => {
        say().start("Making the new key");
        const rotations = await opened.rotate({ now: options.now ?? false });
        for (const rotation of rotations) explainRotation(rotation, options.now ?? false);
        show(await opened.list(), options.json);
      });
    });
  addSecretHelp(rotate);
  addExamples(rotate, [
    ["replace the key in its turn", "hallpass keys rotate"],
    ["a key was stolen: another one signs at once, then", "hallpass keys rotate --now"],
    [
      "what the stolen one signed is refused",
      "hallpass keys retire 8fn-CACxNWr8fIIw-CzJgbofcOtDZxcm1GKwOhOyONI",
    ],
  ]);
}

function addRetire(keys: Command): void {
  const retire = keys
    .command("retire")
    .argument("<kid>", "the key's id, as hallpass keys list shows it; after -- if it begins with -")
    .summary("remove a key from the key set at once")
    .description(
      "Remove a key that does not sign from the key set. Tokens that it signed are refused as soon as verifiers have " +
        "fetched the keys again; applications with a refresh token get new ones. The key that signs now cannot be removed.",
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (kid: string, options: KeysOptions) => {
      await withKeys("keys retire", options, async (opened) => {
        const { state } = await opened.retire(kid);
        if (state === "next") say().success(`Removed ${kid}. It has signed nothing, so nothing is refused.`);
        else {
          say().warn(
            `Removed ${kid}. Tokens it signed are refused from now on, by verifiers that kept the key set within\n` +
              "five minutes, or as long as they keep it. People whose application has no refresh token sign in again.",
          );
        }
        show(await opened.list(), options.json);
      });
    });
  addExamples(retire, [
    ["the id of the key", "hallpass keys list"],
    ["remove it", "hallpass keys retire 8fn-CACxNWr8fIIw-CzJgbofcOtDZxcm1GKwOhOyONI"],
  ]);
}

function addSecretHelp(command: Command): void {
  command.addHelpText(
    "after",
    "\nHALLPASS_SECRET has to be the server's: the new key is encrypted with it. The data of\nhallpass dev needs it only if dev had it.",
  );
}

async function withKeys(
  command: "keys list" | "keys rotate" | "keys retire",
  options: KeysOptions,
  work: (keys: SigningKeys) => Promise<void>,
): Promise<void> {
  requireNodeForIdentity(command);
  const folder = dataFolder(process.cwd(), options.data);
  const production = readInstance(folder)?.mode === "production";
  // Without it the new key would lie in the clear beside the encrypted ones.
  if (production && command === "keys rotate") requireSecret(process.env.HALLPASS_SECRET);
  const { openSigningKeys } = await import("@hallpass/identity");
  const keys = await openSigningKeys({ dataDir: folder });
  try {
    await work(keys);
  } finally {
    await keys.close();
  }
}

function explainRotation({ algorithm, kid, signsFrom, replaces, made }: KeyRotation, now: boolean): void {
  if (!now) {
    const what = made ? "The next key is published" : "There is a next key already, published";
    say().success(`${what} for ${algorithm}: ${kid} signs from ${moment(signsFrom)}.`);
    return;
  }
  say().warn(
    `${kid} signs ${algorithm} from now on. Verifiers fetch a key they do not know; those that do not, refuse new\n` +
      "tokens until they fetch the key set again (five minutes, if they keep to what they are told).",
  );
  for (const old of replaces) {
    say().info(
      `Tokens of the old key are still accepted. If it was stolen: hallpass keys retire ${argument(old)}`,
    );
  }
}

/** A kid as it is typed: one in 64 begins like an option. */
const argument = (kid: string): string => (kid.startsWith("-") ? `-- ${kid}` : kid);

function show(keys: readonly SigningKeyDescription[], json: boolean | undefined): void {
  if (json) {
    const times = ({ createdAt, signsFrom, publishedUntil, ...key }: SigningKeyDescription) => ({
      ...key,
      createdAt: moment(createdAt),
      signsFrom: moment(signsFrom),
      publishedUntil: publishedUntil === null ? null : moment(publishedUntil),
    });
    process.stdout.write(`${JSON.stringify(keys.map(times), null, 2)}\n`);
    return;
  }
  const paint = painter(wantsColor(process.stdout));
  const rows = keys.map((key) => [
    key.kid,
    key.algorithm,
    key.state,
    moment(key.createdAt),
    moment(key.signsFrom),
    key.publishedUntil === null ? "-" : moment(key.publishedUntil),
  ]);
  const head = ["KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", "PUBLISHED UNTIL"];
  const [first = "", ...lines] = columns([head, ...rows]);
  process.stdout.write(`${[paint("bold", first), ...lines].join("\n")}\n`);
}

function moment(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}
