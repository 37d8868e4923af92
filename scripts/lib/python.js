// @ts-check
// The Python of examples/fastapi: one that has FastAPI, uvicorn and PyJWT.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { ensureTool } from "./debian.js";

const modules = "import fastapi, uvicorn, jwt, cryptography";

/** Debian's packages belong to /usr/bin/python3, which need not be the first on the PATH. */
function findPython() {
  const named = process.env.HALLPASS_PYTHON;
  const candidates = named ? [named] : ["python3", "/usr/bin/python3", "python"];
  return candidates.find((path) => spawnSync(path, ["-c", modules], { stdio: "ignore" }).status === 0);
}

/** Finds it, and installs what is missing where that may be done without asking. */
export function ensurePython() {
  return ensureTool({
    name: "FastAPI for Python",
    purpose: "the API in Python",
    packages: ["python3-fastapi", "python3-uvicorn", "python3-jwt", "python3-cryptography"],
    elsewhere:
      "install examples/fastapi/requirements.txt into a virtual environment and set HALLPASS_PYTHON to its python",
    find: findPython,
  });
}
