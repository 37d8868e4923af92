import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface DevOptions {
  api: ApiName;
  data: string;
  control: boolean;
  json: boolean;
  help: boolean;
}

/** The APIs that the shop can run on. */
const apiNames = ["express", "fastapi"] as const;
export type ApiName = (typeof apiNames)[number];

export const help = `Starts the bookstore: identity server, API and web front end.

  node examples/bookstore/dev.ts [options]

  --api NAME    which API to start: ${apiNames.join(", ")} (default: express)
  --data DIR    where users, keys and books are kept (default: .hallpass in the bookstore's folder)
  --control     open the identity server's control endpoint, for browser tests
  --json        print one line of JSON when everything is ready
  --help        show this

Ports: HALLPASS_PORT (4300), API_PORT (4301) and WEB_PORT (4302).
`;

/** @throws {Error} that names the option and what it may be */
export function readOptions(args: string[], folder: string): DevOptions {
  const { values } = parseArgs({
    args,
    options: {
      api: { type: "string", default: "express" },
      data: { type: "string" },
      control: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const api = apiNames.find((name) => name === values.api);
  if (!api)
    throw new Error(`There is no API called ${JSON.stringify(values.api)}. Known: ${apiNames.join(", ")}.`);
  return { ...values, api, data: values.data ? resolve(values.data) : resolve(folder, ".hallpass") };
}
