import { join } from "node:path";
import { requirePython } from "../../fastapi/python.ts";
import { binOf } from "./bin.ts";
import type { ApiName } from "./options.ts";
import type { ServiceOptions } from "./service.ts";

/** Where everything is once it runs. */
export interface Places {
  issuer: string;
  apiUrl: string;
  webUrl: string;
  audience: string;
  clientId: string;
}

interface PartsOptions {
  folder: string;
  data: string;
  control: boolean;
  api: ApiName;
  ports: { identity: number; api: number; web: number };
  places: Places;
  /** Gets what the identity server says about itself once it listens. */
  onIdentityReady: (facts: Record<string, unknown>) => void;
}

/** The three programs, ready to be started. */
export function parts(options: PartsOptions): {
  identity: ServiceOptions;
  api: ServiceOptions;
  web: ServiceOptions;
} {
  const { folder, data, control, api, ports, places } = options;
  const env = {
    ...process.env,
    HALLPASS_PORT: String(ports.identity),
    API_PORT: String(ports.api),
    WEB_PORT: String(ports.web),
  };
  return {
    identity: {
      name: "identity",
      colour: "cyan",
      command: process.execPath,
      args: [
        binOf("hallpass"),
        "dev",
        ...["--config", join(folder, "hallpass.config.ts")],
        ...["--port", String(ports.identity)],
        ...["--data", data],
        "--json",
        ...(control ? ["--control"] : []),
      ],
      cwd: folder,
      env,
      readyUrl: `${places.issuer}/healthz`,
      onLine: (line) => {
        const facts = parseFacts(line);
        if (!facts) return line;
        options.onIdentityReady(facts);
        return undefined;
      },
    },
    api: {
      name: "api",
      colour: "magenta",
      ...apiCommands[api](folder),
      env: {
        ...env,
        HALLPASS_ISSUER: places.issuer,
        HALLPASS_AUDIENCE: places.audience,
        WEB_ORIGIN: places.webUrl,
        BOOKS_FILE: process.env.BOOKS_FILE ?? join(data, "books.sqlite"),
      },
      readyUrl: `${places.apiUrl}/healthz`,
    },
    web: {
      name: "web",
      colour: "yellow",
      command: process.execPath,
      args: [binOf("vite"), "--config", join(folder, "web", "vite.config.ts"), "--logLevel", "warn"],
      cwd: folder,
      env: {
        ...env,
        VITE_HALLPASS_ISSUER: places.issuer,
        VITE_HALLPASS_CLIENT_ID: places.clientId,
        VITE_HALLPASS_AUDIENCE: places.audience,
        VITE_API_URL: places.apiUrl,
        VITE_CACHE_DIR: join(data, "vite"),
      },
      readyUrl: places.webUrl,
    },
  };
}

/** How each API is started. All of them are told the same things by their environment. */
const apiCommands: Record<ApiName, (folder: string) => Pick<ServiceOptions, "command" | "args" | "cwd">> = {
  express: (folder) => ({ command: process.execPath, args: [join(folder, "api", "server.ts")], cwd: folder }),
  fastapi: (folder) => ({
    command: requirePython(),
    args: [join(folder, "..", "fastapi", "server.py")],
    cwd: join(folder, "..", "fastapi"),
  }),
};

function parseFacts(line: string): Record<string, unknown> | undefined {
  try {
    const facts = JSON.parse(line);
    return facts?.ready === true ? facts : undefined;
  } catch {
    return undefined;
  }
}
