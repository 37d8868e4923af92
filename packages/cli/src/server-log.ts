import type { IdentityEvent } from "@hallpass/identity";
import { say } from "./terminal.ts";

/** Shows what goes wrong inside the identity server while it runs. */
export function showProblem(event: IdentityEvent): void {
  if (event.type === "warning") say().warn(event.message);
  if (event.type === "server_error") say().error(`${event.path}: ${event.name}: ${event.message}`);
}
