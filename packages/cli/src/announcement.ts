import type { ApplicationConfig, HallpassConfig } from "@hallpass/identity/config";
import type { EnvChange } from "./env-file.ts";
import { columns } from "./layout.ts";
import { expressSnippet, reactSnippet } from "./snippets.ts";
import type { Paint } from "./terminal.ts";

/** What is known once the development server listens. */
export interface Running {
  readonly issuer: string;
  readonly port: number;
  readonly config: HallpassConfig;
  /** `undefined` for the built-in example. */
  readonly configFile: string | undefined;
  readonly dataFolder: string;
  readonly developmentPage: string;
  readonly env: readonly { file: string; changes: readonly EnvChange[] }[];
  readonly controlUrl: string;
  /** `undefined` without `--control`. */
  readonly controlSecret: string | undefined;
  /** Seconds since the command was started. */
  readonly seconds: number;
}

/** The one line of `hallpass dev --json`. */
export function readyObject(running: Running): object {
  const { config, controlSecret } = running;
  const audiences = (config.apis ?? []).map((api) => api.audience);
  return {
    ready: true,
    issuer: running.issuer,
    port: running.port,
    clientIds: (config.applications ?? []).map((application) => application.clientId),
    audience: audiences[0],
    audiences,
    users: (config.users ?? []).map(({ email, password }) => ({ email, password })),
    developmentPage: running.developmentPage,
    config: running.configFile ?? null,
    data: running.dataFolder,
    ...(controlSecret === undefined ? {} : { controlUrl: running.controlUrl, controlSecret }),
    ...(running.env.length === 0 ? {} : { env: running.env }),
  };
}

/** What `hallpass dev` prints when it listens; its last line begins with `ready`. */
export function announce(running: Running, paint: Paint): string {
  const sections = [
    addresses(running),
    control(running),
    signIns(running.config),
    ...running.env.map(envSection),
    snippets(running, paint),
  ];
  const body = sections
    .filter((section) => section !== undefined)
    .map(({ title, lines }) =>
      [paint("bold", title), ...lines.map((line) => (line === "" ? "" : `  ${line}`))].join("\n"),
    )
    .join("\n\n");
  const ready = `${paint(["bold", "green"], "ready")} after ${running.seconds.toFixed(1)} s on ${running.issuer} (Ctrl+C stops it)`;
  return `\n${body}\n\n${ready}\n`;
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

function addresses(running: Running): Section {
  const { apis = [], applications = [] } = running.config;
  return {
    title: "Hallpass identity, for development",
    lines: columns([
      ["issuer", running.issuer],
      ...applications.map((application) => ["clientId", describeApplication(application)]),
      ...apis.map((api) => ["audience", api.audience]),
      ["overview", running.developmentPage],
      ["config", running.configFile ?? "built-in example"],
      ["data", running.dataFolder],
    ]),
  };
}

function describeApplication(application: ApplicationConfig): string {
  const { clientId, type, redirectUris = [], apis = [], confidential = type === "machine" } = application;
  const parts: string[] = [type];
  if (redirectUris.length > 0) parts.push(`returns to ${redirectUris.join(", ")}`);
  if (apis.length > 0) parts.push(`calls ${apis.map(({ audience }) => audience).join(", ")} in its own name`);
  const own = [application.secret, ...(application.secrets ?? []), application.jwks];
  if (confidential && own.every((each) => each === undefined)) {
    parts.push(`its secret: hallpass apps secret add ${clientId}`);
  }
  return `${clientId} (${parts.join(", ")})`;
}

function control(running: Running): Section | undefined {
  if (running.controlSecret === undefined) return undefined;
  return {
    title: "Control endpoint, for tests",
    lines: columns([
      ["url", running.controlUrl],
      ["header", `hallpass-control: ${running.controlSecret}`],
    ]),
  };
}

function signIns({ users = [] }: HallpassConfig): Section | undefined {
  if (users.length === 0) return undefined;
  const rows = users.map(({ email, password, organizations = [] }) => [
    email,
    password,
    organizations.map(({ code, roles = [] }) => [code, ...roles].join(" ")).join("; "),
  ]);
  return { title: "Sign in as", lines: columns(rows) };
}

function envSection({ file, changes }: { file: string; changes: readonly EnvChange[] }): Section {
  const lines = changes.map(({ name, before, after }) =>
    before === undefined ? `+ ${name}=${after}` : `~ ${name}=${after} (was ${before})`,
  );
  return { title: `Settings in ${file}`, lines: lines.length === 0 ? ["nothing to change"] : lines };
}

function snippets({ config, issuer }: Running, paint: Paint): Section | undefined {
  const clientId = config.applications?.find((application) => application.type === "spa")?.clientId;
  const audience = config.apis?.[0]?.audience;
  const react =
    clientId === undefined
      ? []
      : [paint("gray", "// React"), ...reactSnippet({ issuer, clientId, audience })];
  const express =
    audience === undefined ? [] : [paint("gray", "// Express"), ...expressSnippet({ issuer, audience })];
  const user = config.users?.[0]?.email;
  const curl =
    user === undefined ? [] : [paint("gray", "# a token for curl"), `npx hallpass token --user ${user}`];
  const lines = [react, express, curl]
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : ["", ...part]));
  return lines.length === 0 ? undefined : { title: "To paste", lines };
}
