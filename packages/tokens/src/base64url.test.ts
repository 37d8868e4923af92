import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as node from "./base64url.node.ts";
import * as web from "./base64url.web.ts";

describe.each([
  ["Node's", node],
  ["the portable", web],
])("%s base64url decoder", (_, { decodeBytes, decodeText, isBase64url }) => {
  it("gives back any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const decoded = decodeBytes(Buffer.from(bytes).toString("base64url"));
        expect([...(decoded ?? [])]).toEqual([...bytes]);
      }),
    );
  });

  it("gives back any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodeText(Buffer.from(text).toString("base64url"))).toBe(text);
      }),
    );
  });

  it.each([
    "A",
    "AA==",
    "AB",
    "AAB",
    "A-A+",
    "A/AA",
    "AA AA",
    "AAAA\n",
    "AAAA.",
    "ÀAAA",
    "ŁŁŁŁ",
    "AAAA\u0141AAA",
    "AAAAA",
  ])("refuses %j", (text) => {
    expect(decodeBytes(text)).toBeUndefined();
    expect(decodeText(text)).toBeUndefined();
    expect(isBase64url(text)).toBe(false);
  });

  it("decodes text of any length", () => {
    for (const length of [12_287, 12_288, 12_289, 100_000]) {
      const text = "a".repeat(length);
      expect(decodeText(Buffer.from(text).toString("base64url"))).toBe(text);
    }
    expect(decodeText(Buffer.from("\ufffd").toString("base64url"))).toBe("\ufffd");
  });

  it("refuses bytes that are not UTF-8, and keeps a byte order mark", () => {
    expect(decodeText("_w")).toBeUndefined();
    expect(decodeText(Buffer.from([0xed, 0xa0, 0x80]).toString("base64url"))).toBeUndefined();
    expect(decodeText(Buffer.from("\ufeffa").toString("base64url"))).toBe("\ufeffa");
  });
});

describe("both base64url decoders", () => {
  it("say the same about any text", () => {
    const alphabet = fc.constantFrom(..."AZaz09-_+/= \n.\u00e9");
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        const bytes = node.decodeBytes(text);
        expect(web.decodeBytes(text)).toEqual(bytes && new Uint8Array(bytes));
        expect(web.decodeText(text)).toEqual(node.decodeText(text));
        expect([web.isBase64url(text), node.isBase64url(text)]).toEqual([
          bytes !== undefined,
          bytes !== undefined,
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});
