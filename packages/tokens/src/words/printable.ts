const LONGEST = 80;

/**
 * Writes a value from a token so that it can stand in a message: one line of printable ASCII without double quotes and
 * backslashes (what RFC 6750 section 3 allows in a challenge), shortened, and never something that is a token itself.
 */
export function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "string") return showText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return showList(value);
  return "an object";
}

/** Writes a list of alternatives: `'a', 'b' or 'c'`. */
export function showAny(values: readonly string[]): string {
  if (values.length === 0) return "nothing (the list is empty)";
  const texts = values.slice(0, 5).map(showText);
  if (values.length > texts.length) texts.push(`${values.length - texts.length} more`);
  if (texts.length === 1) return texts[0] as string;
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

/** Writes a time given in seconds since 1970, with its distance from `now` in milliseconds. */
export function showTime(seconds: number, now: number): string {
  const date = new Date(seconds * 1000);
  const text = Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(".000Z", "Z");
  const distance = Math.round(seconds - now / 1000);
  if (!Number.isFinite(distance)) return text;
  return `${text} (${distance < 0 ? `${duration(-distance)} ago` : `in ${duration(distance)}`})`;
}

/** Writes a number of seconds in the largest unit that fits: `90 s`, `15 min`, `3 h`, `12 days`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function showText(text: string): string {
  if (/eyJ[\w-]{8}/.test(text)) return "something that looks like a token";
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  return `'${cut.replace(/[^\x20-\x7e]|["\\]/g, "?")}'`;
}

function showList(list: readonly unknown[]): string {
  const items = list.slice(0, 5).map((item) => (Array.isArray(item) ? "a list" : show(item)));
  if (list.length > items.length) items.push(`${list.length - items.length} more`);
  return `[${items.join(", ")}]`;
}
