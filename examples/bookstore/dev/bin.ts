import { createRequire } from "node:module";
import { join } from "node:path";

/** The script behind the command of a package, to be started with this very Node, whichever one PATH would find. */
export function binOf(packageName: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = readManifest(join(folder, packageName, "package.json"));
    if (!manifest) continue;
    const { bin } = manifest;
    const script = typeof bin === "string" ? bin : bin?.[packageName];
    if (script) return join(folder, packageName, script);
  }
  throw new Error(`The package ${packageName} is not installed. Run: npm ci`);

  function readManifest(file: string): { bin?: string | Record<string, string> } | undefined {
    try {
      return require(file);
    } catch {
      return undefined; // it is in a folder further up, then
    }
  }
}
