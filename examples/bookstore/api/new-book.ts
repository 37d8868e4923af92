import { z } from "zod";

const text = (name: string, longest: number) =>
  z
    .string(`Say the ${name} as text.`)
    .trim()
    .min(1, `A book needs ${name === "author" ? "an author" : `a ${name}`}.`)
    .max(longest, `The ${name} may have ${longest} characters at most.`);

const newBook = z.strictObject({
  title: text("title", 200),
  author: text("author", 200),
  year: z
    .int("Say the year as a whole number, such as 1931.")
    .min(-3000, "That is before writing was invented.")
    .max(new Date().getUTCFullYear() + 2, "That is too far in the future."),
  blurb: z
    .string("Say the line about it as text.")
    .trim()
    .max(500, "Keep it under 500 characters.")
    .default(""),
});

/** Why a body was refused. */
export interface BodyRefusal {
  code: "body_invalid" | "added_by_not_allowed";
  description: string;
  /** Field → what is wrong with it. */
  fields: Record<string, string>;
}

export type ReadBody = { ok: true; book: z.infer<typeof newBook> } | { ok: false; refusal: BodyRefusal };

/**
 * Reads the body of `POST /books`. Unknown fields are refused, not ignored; `addedBy` above all, because whoever
 * sends it believes that the API would take their word for who they are.
 */
export function readNewBook(body: unknown): ReadBody {
  if (typeof body === "object" && body !== null && "addedBy" in body) {
    const description =
      "Leave out addedBy: the API takes it from the sub of the access token, so that nobody adds a book in another's name.";
    return {
      ok: false,
      refusal: { code: "added_by_not_allowed", description, fields: { addedBy: description } },
    };
  }
  const { success, data, error } = newBook.safeParse(body);
  if (success) return { ok: true, book: data };

  const fields: Record<string, string> = {};
  const sentences: string[] = [];
  for (const issue of error.issues) {
    const field = issue.path[0];
    const sentence =
      issue.code === "unrecognized_keys"
        ? `A book has no field ${issue.keys.map(fieldName).join(", ")}.`
        : field === undefined
          ? "Send a JSON object with title, author, year and, if you like, blurb."
          : issue.message;
    sentences.push(sentence);
    if (field !== undefined) fields[String(field)] ??= sentence;
  }
  return { ok: false, refusal: { code: "body_invalid", description: sentences.join(" "), fields } };
}

/** The name of a field as it may be repeated: not if it is long enough to be a piece of a token. */
function fieldName(key: string): string {
  return /^\w{1,15}$/.test(key) ? JSON.stringify(key) : "of such a name";
}
