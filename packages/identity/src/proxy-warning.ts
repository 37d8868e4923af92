import { BlockList, isIP } from "node:net";

const OWN_NETWORKS = new BlockList();
for (const [network, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
] as const) {
  OWN_NETWORKS.addSubnet(network, prefix, "ipv4");
}
OWN_NETWORKS.addAddress("::1", "ipv6");
OWN_NETWORKS.addSubnet("fc00::", 7, "ipv6");
OWN_NETWORKS.addSubnet("fe80::", 10, "ipv6");

/** Whether an address is of this machine or of a private network, where reverse proxies are. */
export function isOwnNetwork(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  const family = isIP(plain);
  return family !== 0 && OWN_NETWORKS.check(plain, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Warns, once, when a proxy stands in front that the server was not told of: all people then seem to come from one
 * place, and one of them can use up everybody's attempts. A header from anywhere else is only somebody's claim.
 */
export function createProxyWarning(
  warn: () => void,
): (peer: string | undefined, forwardedFor: unknown) => void {
  let warned = false;
  return (peer, forwardedFor) => {
    if (warned || forwardedFor === undefined || peer === undefined || !isOwnNetwork(peer)) return;
    warned = true;
    warn();
  };
}
