import { createIdentity } from "../src/server.ts";
import { DEVICE_CONFIG } from "./device.ts";

/** A server in a process of its own: data folder, issuer and port as arguments. Says `ready` when it listens. */
const [dataDir = "", issuer = "", port = ""] = process.argv.slice(2);
const identity = await createIdentity({
  config: DEVICE_CONFIG,
  mode: "development",
  dataDir,
  issuer,
  port: Number(port),
});
await identity.listen();
process.stdout.write("ready\n");
process.on("SIGTERM", () => {
  identity.close().then(() => process.exit(0));
});
