/** Text from outside as it may stand in an `error_description` (RFC 6749 section 4.1.2.1), shortened and without markup. */
export function printable(text: string, limit = 100): string {
  const safe = text.replace(/[^\x20\x21\x23-\x3B\x3D\x3F-\x5B\x5D-\x7E]/g, "?");
  return `'${safe.length > limit ? `${safe.slice(0, limit)}...` : safe}'`;
}
