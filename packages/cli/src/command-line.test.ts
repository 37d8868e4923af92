import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hallpass } from "../test/run-hallpass.ts";

const cwd = mkdtempSync(join(tmpdir(), "hallpass-line-"));
const run = (...args: string[]) => hallpass(args, { cwd });

describe("help", () => {
  test.each([
    ["dev"],
    ["serve"],
    ["token"],
    ["users"],
    ["users", "list"],
    ["keys"],
    ["keys", "list"],
    ["keys", "rotate"],
    ["keys", "retire"],
    ["invitations"],
    ["invitations", "create"],
    ["explain"],
    ["doctor"],
    ["probe"],
  ])("hallpass %s %s has help with examples on stdout", async (...command) => {
    const { code, stdout, stderr } = await run(...command, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: hallpass ${command.join(" ")}`);
    expect(stdout).toMatch(/Examples:\n {2}# .+\n {2}\S/);
    expect(stdout).not.toContain("\u001b");
  });

  test("hallpass --help lists the commands, hallpass alone does too and is wrong usage", async () => {
    const [help, alone] = await Promise.all([run("--help"), run()]);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(
      /dev.*\n.*serve.*\n.*token.*\n.*users.*\n.*invitations.*\n.*keys.*\n.*apps.*\n.*explain.*\n.*doctor[\s\S]*\n.*probe/,
    );
    expect(alone.code).toBe(2);
    expect(alone.stderr).toBe(help.stdout);
  });

  test("--version prints the version alone", async () => {
    expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("wrong usage", () => {
  test.each([
    [["exlpain"], "unknown command 'exlpain'", "Did you mean explain?"],
    [["dev", "--prot", "1"], "unknown option '--prot'", "Did you mean --port?"],
    [["dev", "--port", "http"], "argument 'http' is invalid", "whole number from 0 to 65535"],
    [["dev", "--port", "70000"], "argument '70000' is invalid", "whole number from 0 to 65535"],
    [["token"], "required option '--user <email>' not specified", "--help shows"],
    [["users", "lits"], "unknown command 'lits'", "Did you mean list?"],
    [["explain", "a", "b"], "too many arguments", "--help shows"],
  ])("hallpass %j: code 2, the reason and the way on", async (args, reason, wayOn) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reason);
    expect(stderr).toContain(wayOn);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("a token where a command belongs is not repeated", async () => {
    const { code, stderr } = await run("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl");
    expect(code).toBe(2);
    expect(stderr).toContain("unknown command '<token>'");
    expect(stderr).not.toMatch(/eyJ|c2lnbm/);
  });
});
