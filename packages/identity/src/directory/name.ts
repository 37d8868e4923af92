const MAX_CHARACTERS = 100;

/**
 * A name as it is kept: NFC, single spaces, nothing around it. `null` when there is none; `undefined` when it
 * cannot be one: too long, or with line breaks or other control characters, which would end up in mails and headers.
 */
export function normaliseName(text: string | null | undefined): string | null | undefined {
  if (text === null || text === undefined) return null;
  // Also what turns the direction of text around it, which makes one name look like another.
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)) return undefined;
  const name = text.normalize("NFC").trim().replace(/\s+/g, " ");
  if ([...name].length > MAX_CHARACTERS) return undefined;
  return name === "" ? null : name;
}
