import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** A page of an application, bundled from `entry` as an application would bundle it, on a port of its own. */
export interface TestPage {
  readonly url: string;
  /** Paths of the scripts that were asked for. */
  readonly scripts: string[];
  close(): Promise<void>;
}

/**
 * Serves the bundle of `entry` under every path, as a single-page application is served.
 *
 * @param alias names that it imports, and what it gets instead
 */
export async function servePage(entry: string, alias: Record<string, string> = {}): Promise<TestPage> {
  const bundle = await build({
    entryPoints: { page: entry },
    bundle: true,
    alias,
    splitting: true,
    format: "esm",
    write: false,
    outdir: "/",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "error",
  });
  const files = new Map(bundle.outputFiles.map((file) => [file.path.replace(/^.*\//, "/"), file.text]));
  const scripts: string[] = [];
  const server = createServer((request, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = files.get(pathname);
    if (script !== undefined) {
      scripts.push(pathname);
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else {
      response
        .writeHead(200, { "content-type": "text/html", "cache-control": "no-cache" })
        .end(
          '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/page.js"></script>',
        );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    scripts,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The system's Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.HALLPASS_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A browser profile of its own, which notes everything that went wrong on its pages. */
export async function newPerson(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext & { problems: string[] }> {
  const context = await browser.newContext(options);
  const problems: string[] = [];
  context.on("page", (page: Page) => {
    page.on("pageerror", (error) => problems.push(`${error}`));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
  });
  return Object.assign(context, { problems });
}
