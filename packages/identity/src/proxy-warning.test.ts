import { expect, test } from "vitest";
import { createProxyWarning, isOwnNetwork } from "./proxy-warning.ts";

test.each([
  ["127.0.0.1", true],
  ["::1", true],
  ["::ffff:10.1.2.3", true],
  ["172.16.0.9", true],
  ["172.32.0.9", false],
  ["192.168.1.1", true],
  ["fd00::1", true],
  ["fe80::1%eth0", true],
  ["203.0.113.7", false],
  ["::ffff:203.0.113.7", false],
  ["2001:db8::1", false],
  ["not an address", false],
])("%s: a proxy of one's own may be there: %s", (address, own) => {
  expect(isOwnNetwork(address)).toBe(own);
});

test("it is said once, and not because of what a stranger's header claims", () => {
  let warnings = 0;
  const look = createProxyWarning(() => {
    warnings += 1;
  });
  look("203.0.113.7", "198.51.100.1");
  look("127.0.0.1", undefined);
  look(undefined, "198.51.100.1");
  expect(warnings).toBe(0);
  look("127.0.0.1", "198.51.100.1");
  look("127.0.0.1", "198.51.100.2");
  expect(warnings).toBe(1);
});
