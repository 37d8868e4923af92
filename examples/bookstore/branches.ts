/** The shop's two branches. Each is an organization of the identity server, so that people belong to one or both. */
export const branches = [
  { code: "org_harbour", name: "Marginalia Harbour", theme: "harbour" },
  { code: "org_fernwood", name: "Marginalia Fernwood", theme: "fernwood" },
] as const;

/** The name people know a branch by; an organization the shop has never heard of goes by its code. */
export function branchName(code: string): string {
  return branches.find((branch) => branch.code === code)?.name ?? code;
}
