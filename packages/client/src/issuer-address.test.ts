import { describe, expect, test } from "vitest";
import { issuerAddress } from "./issuer-address.ts";

describe("issuerAddress", () => {
  test.each([
    ["yourapp.kinde.com", "https://yourapp.kinde.com"],
    ["https://yourapp.kinde.com/", "https://yourapp.kinde.com"],
    ["HTTPS://YourApp.Kinde.com", "https://yourapp.kinde.com"],
    ["https://keycloak.example/realms/books/", "https://keycloak.example/realms/books"],
    ["localhost:4300", "https://localhost:4300"],
    ["http://localhost:4300", "http://localhost:4300"],
    ["http://127.0.0.1:4300/", "http://127.0.0.1:4300"],
    ["http://[::1]:4300", "http://[::1]:4300"],
    ["http://auth.localhost", "http://auth.localhost"],
  ])("reads %j as %j", (written, address) => {
    expect(issuerAddress(written)).toBe(address);
  });

  test.each([
    "",
    "http://yourapp.kinde.com",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "ftp://yourapp.kinde.com",
    "https://",
    "https://yourapp.kinde.com?tenant=1",
    "https://someone@yourapp.kinde.com",
    "two words",
  ])("refuses %j and says what it found", (written) => {
    expect(() => issuerAddress(written)).toThrow(
      expect.objectContaining({
        code: "option_invalid",
        message: expect.stringContaining(JSON.stringify(written)),
      }),
    );
  });
});
