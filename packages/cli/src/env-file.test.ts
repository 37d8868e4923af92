import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { envOf, parseEnvTargets, setVariables, writeEnv } from "./env-file.ts";

const values = {
  issuer: "http://localhost:4300",
  clientId: "bookstore-web",
  audience: "https://api.bookstore.example",
};

describe("setVariables", () => {
  test("changes the variables that are there, adds the missing ones and keeps every other line", () => {
    const old =
      "# my settings\nDATABASE=books.db\n\nexport HALLPASS_ISSUER='http://localhost:1' # old\nLAST=1";
    const { text, changes } = setVariables(old, envOf("api", values));
    expect(text).toBe(
      "# my settings\nDATABASE=books.db\n\nexport HALLPASS_ISSUER=http://localhost:4300\nLAST=1\nHALLPASS_AUDIENCE=https://api.bookstore.example\n",
    );
    expect(changes).toEqual([
      { name: "HALLPASS_ISSUER", before: "http://localhost:1", after: "http://localhost:4300" },
      { name: "HALLPASS_AUDIENCE", before: undefined, after: "https://api.bookstore.example" },
    ]);
  });

  test("a second time there is nothing to change, quoted or not", () => {
    const once = setVariables("", envOf("web", values)).text;
    expect(setVariables(once, envOf("web", values))).toEqual({ text: once, changes: [] });
    const quoted = 'HALLPASS_ISSUER="http://localhost:4300"';
    expect(setVariables(quoted, { HALLPASS_ISSUER: values.issuer })).toEqual({ text: quoted, changes: [] });
  });

  test("a commented-out line and a longer name are other lines", () => {
    const old = "#HALLPASS_ISSUER=a\nMY_HALLPASS_ISSUER=b\nHALLPASS_ISSUER_OLD=c\n";
    expect(setVariables(old, { HALLPASS_ISSUER: "d" }).text).toBe(`${old}HALLPASS_ISSUER=d\n`);
  });

  test("a variable that is there twice is changed in both places", () => {
    expect(setVariables("A=1\nA=2\n", { A: "2" })).toEqual({
      text: "A=2\nA=2\n",
      changes: [{ name: "A", before: "1", after: "2" }],
    });
  });

  test("Windows line ends stay", () => {
    expect(setVariables("A=1\r\nB=2\r\n", { B: "3" }).text).toBe("A=1\r\nB=3\r\n");
  });
});

describe("--write-env", () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-env-"));
  mkdirSync(join(folder, "web"));
  mkdirSync(join(folder, "api"));

  test("takes both halves at once or one after the other", () => {
    const both = [
      { half: "web", folder: join(folder, "web") },
      { half: "api", folder: join(folder, "api") },
    ];
    expect(parseEnvTargets(["web=web,api=api"], folder)).toEqual(both);
    expect(parseEnvTargets(["web=web", "api=api"], folder)).toEqual(both);
  });

  test("refuses another half and a folder that does not exist", () => {
    expect(() => parseEnvTargets(["frontend=web"], folder)).toThrow(/names no half/);
    expect(() => parseEnvTargets(["web"], folder)).toThrow(/names no half/);
    expect(() => parseEnvTargets(["web=nowhere"], folder)).toThrow(/there is no folder .*nowhere/);
  });

  test("writes the web half for Vite and the api half plain", () => {
    writeFileSync(join(folder, "api", ".env"), "PORT=4301\n");
    writeEnv({ half: "web", folder: join(folder, "web") }, values);
    writeEnv({ half: "api", folder: join(folder, "api") }, values);
    expect(readFileSync(join(folder, "web", ".env"), "utf8")).toBe(
      "VITE_HALLPASS_ISSUER=http://localhost:4300\nVITE_HALLPASS_CLIENT_ID=bookstore-web\nVITE_HALLPASS_AUDIENCE=https://api.bookstore.example\n",
    );
    expect(readFileSync(join(folder, "api", ".env"), "utf8")).toBe(
      "PORT=4301\nHALLPASS_ISSUER=http://localhost:4300\nHALLPASS_AUDIENCE=https://api.bookstore.example\n",
    );
  });
});
