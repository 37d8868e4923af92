import { useApi } from "@hallpass/react";
import { useMemo } from "react";
import type { Book } from "../../../book.ts";
import { settings } from "../settings.ts";

export type { Book };

export type BookDraft = Pick<Book, "title" | "author" | "year" | "blurb">;

/** An answer of the API that is not the one hoped for, in the API's own words. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  /** Field → sentence, where the API refused single fields. */
  readonly fields: Record<string, string>;

  constructor(
    status: number,
    body: { code?: string; error_description?: string; fields?: Record<string, string> },
  ) {
    super(body.error_description ?? `The API answered with status ${status} and no explanation.`);
    this.status = status;
    this.code = body.code ?? "unknown";
    this.fields = body.fields ?? {};
  }
}

export interface BookstoreApi {
  listBooks(signal?: AbortSignal): Promise<Book[]>;
  addBook(draft: BookDraft): Promise<Book>;
}

/** The bookstore's API, called as whoever is signed in. */
export function useBookstoreApi(): BookstoreApi {
  const api = useApi();
  return useMemo(() => {
    async function call<T>(path: string, init?: RequestInit): Promise<T> {
      const response = await api(settings.apiUrl + path, init).catch((cause: unknown) => {
        if (cause instanceof TypeError) {
          throw new ApiProblem(0, {
            code: "api_unreachable",
            error_description: `The bookstore's API does not answer at ${settings.apiUrl}. Is it running?`,
          });
        }
        throw cause;
      });
      const body = await response.json().catch(() => ({}));
      if (!response.ok) throw new ApiProblem(response.status, body);
      return body.data as T;
    }
    return {
      listBooks: async (signal) => (await call<{ books: Book[] }>("/books", signal ? { signal } : {})).books,
      addBook: async (draft) =>
        (
          await call<{ book: Book }>("/books", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(draft),
          })
        ).book,
    };
  }, [api]);
}
