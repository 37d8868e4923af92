import { createIdentity, type HallpassConfig, type Identity, type IdentityEvent } from "@hallpass/identity";
import { freePort } from "../../packages/identity/test/processes.ts";
import { startTlsProxy } from "./https.ts";

export const AUDIENCE = "https://api.bookstore.example";

/** An editor in her one organization. */
export const ada = { email: "ada@example.com", password: "seven maples under the hill" };

/** Member of two organizations; a reader in the second. */
export const lin = { email: "lin@example.com", password: "five swallows over the barn" };

/** People, organizations, permissions, flags and an API; no application. */
const CONFIG: HallpassConfig = {
  permissions: { "create:books": "Add a book", "read:books": "See the books" },
  roles: {
    editor: { name: "Editor", permissions: ["create:books", "read:books"] },
    reader: { name: "Reader", permissions: ["read:books"] },
  },
  flags: {
    theme: { type: "string", value: "sand" },
    beta: { type: "boolean", value: false },
    shelves: { type: "integer", value: 3 },
  },
  organizations: [
    { code: "org_bookstore", name: "The Bookstore", flags: { beta: true } },
    { code: "org_library", name: "The Library" },
  ],
  users: [
    {
      ...ada,
      givenName: "Ada",
      familyName: "Lovelace",
      picture: "https://images.example.com/ada.png",
      organizations: [{ code: "org_bookstore", roles: ["editor"] }],
    },
    {
      ...lin,
      givenName: "Lin",
      familyName: "Marsh",
      organizations: [
        { code: "org_bookstore", roles: ["editor"] },
        { code: "org_library", roles: ["reader"] },
      ],
    },
  ],
  apis: [{ audience: AUDIENCE, name: "Bookstore" }],
  defaults: { organization: "org_bookstore", roles: ["reader"] },
};

export interface IssuerOptions {
  /** What differs, section by section: `applications`, `face`, `lifetimes`, … A function where the issuer's address is in it. */
  config: HallpassConfig | ((url: string) => HallpassConfig);
  /** Whether the issuer is https, behind a proxy with a certificate of its own. */
  https?: boolean;
}

/** An identity server on a free port. */
export interface Issuer extends AsyncDisposable {
  identity: Identity;
  /** The origin that clients are configured with. */
  url: string;
  /** With https: the file for `NODE_EXTRA_CA_CERTS`. */
  certificateFile: string | undefined;
  /** The same address without the proxy in front, for who trusts no certificate of its own making. */
  reach(url: string): string;
  /** What the server has logged: a test ends with no `server_error` in it. */
  events: IdentityEvent[];
  close(): Promise<void>;
}

export async function startIssuer({ config, https = false }: IssuerOptions): Promise<Issuer> {
  const events: IdentityEvent[] = [];
  const proxy = https ? await startTlsProxy() : undefined;
  // The port is settled beforehand only where something has to know it beforehand.
  const port = proxy || typeof config === "function" ? await freePort() : 0;
  const own = `http://localhost:${port}`;
  const given = typeof config === "function" ? config(proxy?.origin ?? own) : config;
  const identity = await createIdentity({
    config: { ...CONFIG, ...given },
    dataDir: ":memory:",
    mode: "development",
    port,
    log: (event) => events.push(event),
    ...(proxy && { issuer: proxy.origin }),
  });
  proxy?.leadTo(port);
  await identity.listen();
  const close = async () => {
    await proxy?.close();
    await identity.close();
  };
  return {
    identity,
    url: new URL(identity.issuer).origin,
    reach: (url) =>
      proxy && url.startsWith(`${proxy.origin}/`) ? own + url.slice(proxy.origin.length) : url,
    certificateFile: proxy?.certificateFile,
    events,
    close,
    [Symbol.asyncDispose]: close,
  };
}
