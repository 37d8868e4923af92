import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bookstore, project } from "../../test/project.ts";
import type { RunOptions } from "../../test/run-hallpass.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();
const dev = ["dev", "--port", "0"];

describe("hallpass dev", () => {
  test("prints what the application and the API need, and ready when it listens", async () => {
    const server = start(dev, { cwd: project(bookstore) });
    const ready = await server.ready;
    const issuer = /http:\/\/localhost:\d+/.exec(ready)?.[0] ?? "";
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ issuer });
    const { code, stdout, stderr } = await server.stop("SIGINT");
    expect(code).toBe(0);
    expect(stdout).toContain("bookstore-web (spa, returns to http://localhost:4302)");
    expect(stdout).toContain("https://api.bookstore.example");
    expect(stdout).toMatch(/ada@example\.com +ada-loves-books +org_bookstore editor/);
    expect(stdout).toContain('import { AuthProvider } from "@hallpass/react";');
    expect(stdout).toContain(`issuer="${issuer}"`);
    expect(stdout).toContain('import { createGuard } from "@hallpass/api/express";');
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(ready);
    expect(stdout + stderr).not.toContain("Warning");
  });

  test("--json prints one object instead", async () => {
    const cwd = project(bookstore);
    const server = start([...dev, "--json"], { cwd });
    const facts = JSON.parse(await server.ready);
    expect(facts).toMatchObject({
      ready: true,
      issuer: `http://localhost:${facts.port}`,
      clientIds: ["bookstore-web"],
      audience: "https://api.bookstore.example",
      users: [{ email: "ada@example.com", password: "ada-loves-books" }],
      data: join(cwd, ".hallpass"),
    });
    expect(facts.controlSecret).toBeUndefined();
    expect((await server.stop()).stdout.trim().split("\n")).toHaveLength(1);
  });

  test("without a config it runs with an example and shows how to write one", async () => {
    const server = start([...dev, "--json"], { cwd: project() });
    const facts = JSON.parse(await server.ready);
    expect(facts.config).toBeNull();
    expect(facts.clientIds).toEqual(["bookstore-web"]);
    const { stderr } = await server.stop();
    expect(stderr).toContain("There is no hallpass.config.ts here");
    expect(stderr).toContain('import { defineConfig } from "hallpass";');
  });

  test("the overview page lists the users and the applications", async () => {
    const server = start([...dev, "--json"], { cwd: project(bookstore) });
    const { developmentPage } = JSON.parse(await server.ready);
    const page = await fetch(developmentPage);
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain("ada@example.com");
    expect(html).toContain("bookstore-web");
  });

  test("a second start finds its data again", async () => {
    const cwd = project(bookstore);
    const kids = async () => {
      const server = start([...dev, "--json"], { cwd });
      const { issuer } = JSON.parse(await server.ready);
      const { keys } = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as {
        keys: { kid: string }[];
      };
      await server.stop();
      return keys.map((key) => key.kid);
    };
    expect(await kids()).toEqual(await kids());
  });

  test("keeps its data out of version control", async () => {
    const cwd = project(bookstore);
    await start([...dev, "--json"], { cwd }).ready;
    expect(readFileSync(join(cwd, ".hallpass/.gitignore"), "utf8")).toBe("*\n");
  });

  test("--write-env writes the settings of both halves and shows what it changed", async () => {
    const cwd = project(bookstore);
    mkdirSync(join(cwd, "web"));
    mkdirSync(join(cwd, "api"));
    writeFileSync(join(cwd, "api/.env"), "PORT=4301\nHALLPASS_ISSUER=http://localhost:1\n");
    const server = start([...dev, "--write-env", "web=web", "api=api"], { cwd });
    const issuer = /http:\/\/localhost:\d+/.exec(await server.ready)?.[0];
    expect(readFileSync(join(cwd, "web/.env"), "utf8")).toBe(
      `VITE_HALLPASS_ISSUER=${issuer}\nVITE_HALLPASS_CLIENT_ID=bookstore-web\nVITE_HALLPASS_AUDIENCE=https://api.bookstore.example\n`,
    );
    expect(readFileSync(join(cwd, "api/.env"), "utf8")).toBe(
      `PORT=4301\nHALLPASS_ISSUER=${issuer}\nHALLPASS_AUDIENCE=https://api.bookstore.example\n`,
    );
    const { stdout } = await server.stop();
    expect(stdout).toContain(`~ HALLPASS_ISSUER=${issuer} (was http://localhost:1)`);
    expect(stdout).toContain("+ HALLPASS_AUDIENCE=https://api.bookstore.example");
  });

  test("--control opens the control endpoint to whoever has the secret", async () => {
    const server = start([...dev, "--control", "--json"], { cwd: project(bookstore) });
    const { controlUrl, controlSecret } = JSON.parse(await server.ready);
    const ask = (secret: string) => fetch(controlUrl, { headers: { "hallpass-control": secret } });
    expect((await ask(controlSecret)).status).toBe(200);
    expect((await ask("wrong")).ok).toBe(false);
  });

  test("--control takes its secret from HALLPASS_CONTROL_SECRET", async () => {
    const env = { HALLPASS_CONTROL_SECRET: "a-secret-of-the-test-suite" };
    const server = start([...dev, "--control", "--json"], { cwd: project(bookstore), env });
    expect(JSON.parse(await server.ready).controlSecret).toBe("a-secret-of-the-test-suite");
  });

  test("without --control there is no control endpoint", async () => {
    const server = start([...dev, "--json"], { cwd: project(bookstore) });
    const { issuer } = JSON.parse(await server.ready);
    expect((await fetch(`${issuer}/_hallpass/control`)).status).toBe(404);
  });
});

describe("hallpass dev that cannot start says why, without a stack trace", () => {
  async function fails(args: string[], options: RunOptions) {
    const outcome = await start(args, options).outcome;
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
    return outcome;
  }

  test.each(["0.0.0.0", "192.168.0.1", "::"])("on %s", async (host) => {
    const { code, stderr } = await fails([...dev, "--host", host], { cwd: project(bookstore) });
    expect(code).toBe(2);
    expect(stderr).toContain(`listens on loopback only, not on ${host}`);
  });

  test("when the port is taken", async () => {
    const other = createServer().listen(0, "localhost");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const cwd = project(bookstore);
    mkdirSync(join(cwd, "web"));
    const { code, stderr } = await fails(["dev", "--port", String(port), "--write-env", "web=web"], { cwd });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(String(port));
    expect(stderr).toMatch(/--port/);
    expect(existsSync(join(cwd, "web/.env"))).toBe(false);
  });

  test("when the data folder cannot be written", async () => {
    const cwd = project(bookstore);
    writeFileSync(join(cwd, "file"), "");
    const { code, stderr } = await fails([...dev, "--data", "file/data"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(join(cwd, "file/data"));
    expect(stderr).toContain("--data");
  });

  test.runIf(process.platform === "linux")(
    "when the data folder is in a file system without room",
    async () => {
      const { code, stderr } = await fails([...dev, "--data", "/proc/nowhere/data"], {
        cwd: project(bookstore),
      });
      expect(code).toBe(1);
      expect(stderr).toContain("/proc/nowhere/data");
    },
  );

  test("when the config has mistakes, all of which it lists", async () => {
    const config = {
      ...bookstore,
      roles: { editor: { permissions: ["create:boks"] } },
      applications: [{ clientId: "bookstore-web", type: "spa", redirectUris: ["localhost 4302"] }],
    };
    const { code, stderr } = await fails(dev, { cwd: project(config) });
    expect(code).toBe(2);
    expect(stderr).toContain("create:boks");
    expect(stderr).toContain("localhost 4302");
    expect(stderr).not.toContain("ada-loves-books");
  });

  test("when --write-env names a folder that does not exist", async () => {
    const { code, stderr } = await fails([...dev, "--write-env", "web=nowhere"], { cwd: project(bookstore) });
    expect(code).toBe(2);
    expect(stderr).toContain("there is no folder");
  });
});
