import { fileURLToPath } from "node:url";
import { help, readOptions } from "./dev/options.ts";
import { type Places, parts } from "./dev/parts.ts";
import { portFrom, requireFree } from "./dev/ports.ts";
import { type Service, startService } from "./dev/service.ts";
import { painted, progress } from "./dev/terminal.ts";
import { people } from "./people.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const begun = performance.now();
const running: Service[] = [];
let stopping = false;

try {
  await main();
} catch (error) {
  if (!stopping) {
    progress(`\n${painted("red", (error as Error).message)}`);
    await stopAll();
    process.exit(1);
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), folder);
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const ports = {
    identity: portFrom("HALLPASS_PORT", 4300),
    api: portFrom("API_PORT", 4301),
    web: portFrom("WEB_PORT", 4302),
  };
  await requireFree([
    { what: "the identity server", variable: "HALLPASS_PORT", port: ports.identity },
    { what: "the API", variable: "API_PORT", port: ports.api },
    { what: "the web front end", variable: "WEB_PORT", port: ports.web },
  ]);
  const places: Places = {
    issuer: `http://localhost:${ports.identity}`,
    apiUrl: `http://localhost:${ports.api}`,
    webUrl: `http://localhost:${ports.web}`,
    audience: "https://api.bookstore.example",
    clientId: "bookstore-web",
  };
  let facts: Record<string, unknown> = {};
  const { identity, api, web } = parts({
    ...options,
    folder,
    ports,
    places,
    onIdentityReady: (said) => {
      facts = said;
    },
  });

  stopOnSignals();
  progress("Starting the bookstore: identity server, API and web front end");
  const webStarted = start(web, "web front end", places.webUrl);
  // The API does without its issuer, but says so in its log; no need to let it.
  await start(identity, "identity server", places.issuer);
  await start(api, "API", places.apiUrl);
  await webStarted;

  if (options.json) {
    const { controlUrl, controlSecret } = facts;
    process.stdout.write(`${JSON.stringify({ ready: true, ...places, controlUrl, controlSecret })}\n`);
  } else {
    process.stdout.write(welcome(places));
  }
  const [name, how] = await Promise.race(running.map(async (each) => [each.name, await each.ended]));
  throw new Error(`${name} ${how}, so everything stops. What it wrote is above.`);
}

async function start(options: Parameters<typeof startService>[0], what: string, url: string): Promise<void> {
  const service = startService(options);
  running.push(service);
  await service.ready(60);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  progress(`${painted("green", "✓")} ${what.padEnd(16)} ${url} ${painted("dim", `after ${seconds} s`)}`);
}

function welcome({ webUrl, issuer }: Places): string {
  const rows = people.map(
    ({ email, password, about }) => `    ${email.padEnd(24)} ${password.padEnd(24)} ${about}`,
  );
  return `
  Sign in as
${rows.join("\n")}

  Who and what there is: ${issuer}/
  Ctrl+C stops everything.

  ${painted("bold", `Open ${webUrl}`)}

`;
}

function stopOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      await stopAll();
      process.exit(0);
    });
  }
}

async function stopAll(): Promise<void> {
  await Promise.all(running.map((each) => each.stop()));
}
