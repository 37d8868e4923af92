/** Keys for `not in`, which without any is not SQL everywhere; no key is empty. */
export const listed = (keys: string[]): string[] => (keys.length === 0 ? [""] : keys);
