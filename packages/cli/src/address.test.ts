import { describe, expect, test } from "vitest";
import { developmentAddress, isLoopback, productionAddress } from "./address.ts";

test("loopback is localhost, 127.x.x.x and ::1, and nothing that only looks like it", () => {
  expect(
    ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "app.localhost"].every(isLoopback),
  ).toBe(true);
  expect(
    ["0.0.0.0", "::", "192.168.1.2", "127.0.0.1.example.com", "localhost.example.com"].some(isLoopback),
  ).toBe(false);
});

describe("development", () => {
  test("is http://localhost:4300 unless a port is given or the config's issuer has one", () => {
    expect(developmentAddress({}, {})).toEqual({
      host: "localhost",
      port: 4300,
      issuer: "http://localhost:4300",
    });
    expect(developmentAddress({ issuer: "http://localhost:4400" }, {}).port).toBe(4400);
    expect(developmentAddress({ issuer: "http://localhost:4400" }, { port: 4500 }).issuer).toBe(
      "http://localhost:4500",
    );
  });

  test("does not use a public issuer", () => {
    expect(developmentAddress({ issuer: "https://id.example.com" }, {}).issuer).toBe("http://localhost:4300");
  });

  test.each(["0.0.0.0", "192.168.1.2", "example.com", "::"])("refuses to listen on %s", (host) => {
    expect(() => developmentAddress({}, { host })).toThrow(/listens on loopback only/);
  });
});

describe("production", () => {
  test("needs an issuer", () => {
    expect(() => productionAddress({}, {})).toThrow(/needs the public address/);
    expect(() => productionAddress({ issuer: "id.example.com" }, {})).toThrow(/is no URL/);
  });

  test("refuses http but on loopback", () => {
    expect(() => productionAddress({ issuer: "http://id.example.com" }, {})).toThrow(/neither https nor/);
    expect(productionAddress({ issuer: "http://localhost:4305" }, {})).toEqual({
      host: "127.0.0.1",
      port: 4305,
      issuer: "http://localhost:4305",
    });
  });

  test("the option goes before the config", () => {
    expect(
      productionAddress({ issuer: "https://a.example.com" }, { issuer: "https://b.example.com/" }).issuer,
    ).toBe("https://b.example.com");
  });
});
