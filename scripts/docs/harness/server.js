// @ts-check
// Loaded before a server snippet: whatever port the snippet asks for, it gets a free one and tells it to the test.
import { Server } from "node:net";
import process from "node:process";

const listen = /** @type {(...args: unknown[]) => Server} */ (Server.prototype.listen);
let told = false;

Server.prototype.listen = /** @this {Server} */ function (/** @type {unknown[]} */ ...args) {
  const [first] = args;
  if (typeof first === "number" || typeof first === "string") args[0] = 0;
  else if (typeof first === "object" && first !== null && "port" in first) args[0] = { ...first, port: 0 };
  this.once("listening", () => {
    const address = this.address();
    if (told || address === null || typeof address === "string") return;
    told = true;
    process.send?.({ port: address.port, family: address.family, address: address.address });
  });
  return listen.apply(this, args);
};
