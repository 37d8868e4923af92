import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTestIssuer, type FixedFault } from "@hallpass/testing";
import { describe, expect, it } from "vitest";
import { findPython, requirePython } from "./python.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Runs a program of Python in this folder, with `signing_keys` imported, and reads the JSON that it prints. */
async function python(program: string, ...args: string[]): Promise<unknown> {
  const whole = `import asyncio, json, sys, time\nimport signing_keys\nfrom signing_keys import SigningKeys\n\n${program}`;
  const { stdout } = await promisify(execFile)(requirePython(), ["-c", whole, ...args], {
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return JSON.parse(stdout);
}

const outcome = `
async def outcome(keys, kid):
    try:
        return type(await keys.get(kid)).__name__.strip("_")
    except Exception as error:
        return type(error).__name__
`;

describe.skipIf(findPython() === undefined)("the issuer's keys in Python", () => {
  it("are unavailable, within seconds, whatever is wrong with the issuer", async () => {
    await using issuer = await createTestIssuer();
    const faults: Record<string, FixedFault> = {
      status: { status: 500 },
      missing: { status: 404 },
      redirect: { redirect: issuer.jwksUri },
      list: { json: [] },
      text: { json: "keys" },
      no_list: { json: { keys: {} } },
      down: "down",
      hang: "hang",
      drip: "drip",
      html: "html",
      truncated: "truncated",
      huge: "huge",
    };
    issuer.faults.jwks = (path) => faults[path.split("/")[1] ?? ""];
    const program = `${outcome}
async def main():
    loop_was_free = 0
    async def tick():
        nonlocal loop_was_free
        while True:
            await asyncio.sleep(0.05)
            loop_was_free += 1
    ticking = asyncio.ensure_future(tick())
    names = sys.argv[2].split(",")
    keys = [SigningKeys(f"{sys.argv[1]}/{name}/.well-known/jwks.json") for name in names]
    found = await asyncio.gather(*(outcome(each, "x") for each in keys))
    print(json.dumps({"found": dict(zip(names, found)), "free": loop_was_free > 20}))

asyncio.run(main())`;
    const expected = Object.fromEntries(Object.keys(faults).map((name) => [name, "KeysUnavailable"]));
    const result = await python(program, issuer.url, Object.keys(faults).join(","));
    expect(result).toEqual({ found: expected, free: true });
  }, 60_000);

  it("cost one fetch for a thousand made-up kids, and the good one is found meanwhile", async () => {
    await using issuer = await createTestIssuer();
    const [key] = issuer.keys().keys;
    const program = `${outcome}
async def main():
    keys = SigningKeys(sys.argv[1])
    first = await asyncio.gather(*(outcome(keys, f"made-up-{n}") for n in range(500)))
    later = await asyncio.gather(*(outcome(keys, f"made-up-too-{n}") for n in range(500)))
    print(json.dumps([sorted(set(first)), sorted(set(later)), await outcome(keys, sys.argv[2])]))

asyncio.run(main())`;
    const result = await python(program, issuer.jwksUri, key?.kid ?? "");
    expect(result).toEqual([["KeyUnknown"], ["KeysUnavailable"], expect.stringContaining("RSAPublicKey")]);
    expect(issuer.requests.jwks).toBe(1);
  });

  it("serve on while the issuer is away, and are dropped once it has withdrawn them", async () => {
    await using issuer = await createTestIssuer();
    const [key] = issuer.keys().keys;
    issuer.faults.jwks = (path) => {
      if (path.startsWith("/away")) return { status: 503 };
      return path.startsWith("/withdrawn") ? { json: { keys: [] } } : undefined;
    };
    const program = `${outcome}
async def main():
    signing_keys.FRESH = signing_keys.PAUSE = 0
    keys = SigningKeys(f"{sys.argv[1]}/.well-known/jwks.json")
    found = [await outcome(keys, sys.argv[2])]
    for place in ["away", "withdrawn"]:
        keys.url = f"{sys.argv[1]}/{place}/.well-known/jwks.json"
        found.append(await outcome(keys, sys.argv[2]))
    print(json.dumps(found))

asyncio.run(main())`;
    const result = await python(program, issuer.url, key?.kid ?? "");
    const known = expect.stringContaining("RSAPublicKey");
    expect(result).toEqual([known, known, "KeyUnknown"]);
  });

  it("that must not be used are left out, and do not take the others with them", async () => {
    await using issuer = await createTestIssuer();
    const [good] = issuer.keys().keys;
    issuer.addRawKey({ kty: "oct", kid: "secret", k: "c2VjcmV0" });
    issuer.addRawKey({ ...good, kid: "encryption", use: "enc" });
    issuer.addRawKey({ ...good, kid: "other", alg: "RS512" });
    issuer.addRawKey({ kty: "RSA", kid: "broken", n: "AQ" });
    issuer.addRawKey({
      kty: "RSA",
      kid: "small",
      n: Buffer.alloc(128, 0xff).toString("base64url"),
      e: "AQAB",
    });
    issuer.addRawKey({ ...good, kid: "without-use", use: undefined, alg: undefined } as never);
    const program = `print(json.dumps(sorted(signing_keys.fetch_keys(sys.argv[1]))))`;
    expect(await python(program, issuer.jwksUri)).toEqual([good?.kid, "without-use"].sort());
  });
});
