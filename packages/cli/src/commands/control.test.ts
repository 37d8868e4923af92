import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bookstore, project } from "../../test/project.ts";
import { stoppedAfterEach } from "../../test/servers.ts";

const start = stoppedAfterEach();

/** `[name, example]` of each row of the control table in docs/testing.md. */
const documented = [
  ...readFileSync(new URL("../../../../docs/testing.md", import.meta.url), "utf8").matchAll(
    /^\| `(\w+)` \| `(\{ "\1".*?\})` \|/gm,
  ),
].map(([, name = "", example = ""]) => [name, JSON.parse(example)] as const);

async function controlled() {
  const server = start(["dev", "--port", "0", "--control", "--json"], { cwd: project(bookstore) });
  const { issuer, controlUrl, controlSecret } = JSON.parse(await server.ready);
  const ask = async (method: string, change?: object) => {
    const response = await fetch(controlUrl, {
      method,
      headers: { "hallpass-control": controlSecret, ...(change && { "content-type": "application/json" }) },
      ...(change && { body: JSON.stringify(change) }),
    });
    return { status: response.status, state: (await response.json()) as Record<string, unknown> };
  };
  return { issuer, ask };
}

test("docs/testing.md has every control there is, and its examples work", async () => {
  const { ask } = await controlled();
  const { state: untouched } = await ask("GET");
  const { requests: _, ...controls } = untouched;
  expect(documented.map(([name]) => name).sort()).toEqual(Object.keys(controls).sort());
  for (const [name, example] of documented) {
    const { status, state } = await ask("POST", example);
    expect({ status, value: state[name] }).toEqual({ status: 200, value: example[name] });
    expect(state[name]).not.toEqual(untouched[name]);
  }
  expect(await ask("DELETE")).toEqual({ status: 200, state: untouched });
});

test("a change leaves the rest, and null sets one back", async () => {
  const { ask } = await controlled();
  await ask("POST", { clockOffset: 7200, cors: false });
  expect((await ask("POST", { clockOffset: null })).state).toMatchObject({ clockOffset: 0, cors: false });
});

test.each([{ clockOfset: 1 }, { jwks: { status: 200 } }, { accessTokenLifetime: "soon" }])(
  "%j is refused",
  async (change) => {
    const { ask } = await controlled();
    expect((await ask("POST", change)).status).toBe(400);
  },
);

test("faults show at the endpoint, and requests are counted", async () => {
  const { issuer, ask } = await controlled();
  const keys = () => fetch(`${issuer}/.well-known/jwks.json`);
  await ask("POST", { jwks: { html: true } });
  const broken = await keys();
  expect([broken.status, broken.headers.get("content-type")]).toEqual([502, "text/html"]);
  await ask("POST", { jwks: null });
  expect((await keys()).status).toBe(200);
  expect((await ask("GET")).state).toMatchObject({ requests: { jwks: 2, token: 0, discovery: 0 } });
});
