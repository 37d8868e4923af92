import { spawnSync } from "node:child_process";

/** What `python` has to be able to import. */
const modules = "import fastapi, uvicorn, jwt, cryptography";

export const installCommand =
  "apt-get update && apt-get install --yes --no-install-recommends python3-fastapi python3-uvicorn python3-jwt python3-cryptography";

/**
 * A Python that has FastAPI, uvicorn and PyJWT: the one that `HALLPASS_PYTHON` names, or the first of the usual ones.
 * Debian's packages belong to `/usr/bin/python3`, which need not be the first on the PATH.
 */
export function findPython(): string | undefined {
  const named = process.env.HALLPASS_PYTHON;
  const candidates = named ? [named] : ["python3", "/usr/bin/python3", "python"];
  return candidates.find((path) => spawnSync(path, ["-c", modules], { stdio: "ignore" }).status === 0);
}

/** @throws {Error} that says how to install what is missing */
export function requirePython(): string {
  const python = findPython();
  if (python !== undefined) return python;
  throw new Error(
    "No Python has fastapi, uvicorn and pyjwt[crypto]. On Debian, as root:\n" +
      `  ${installCommand}\n` +
      "Elsewhere, install examples/fastapi/requirements.txt into a virtual environment and set HALLPASS_PYTHON to its python.",
  );
}
