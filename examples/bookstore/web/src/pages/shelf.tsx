import { useAuth } from "@hallpass/react";
import { useCallback, useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { branchName } from "../../../branches.ts";
import { useMe } from "../auth/me.ts";
import { type Book, useBookstoreApi } from "../books/bookstore-api.ts";
import { Cover } from "../books/cover.tsx";
import { CheckIcon, PlusIcon, WarningIcon } from "../layout/icons.tsx";
import { Page } from "../layout/page.tsx";

type Shelf = { state: "waiting" } | { state: "there"; books: Book[] } | { state: "refused"; why: string };

export function ShelfPage() {
  const me = useMe();
  const { shelf, reload } = useShelf();
  const added = useLocation().state?.added as string | undefined;
  return (
    <Page
      over={me.organization ? branchName(me.organization) : undefined}
      title="The shelf"
      lede={`Good to see you, ${me.givenName}.`}
      action={
        <Link className="button" to="/books/new">
          <span style={{ width: "1.1rem", height: "1.1rem", display: "inline-grid" }}>
            <PlusIcon />
          </span>
          Add a book
        </Link>
      }
    >
      {added && (
        <div className="notice good" role="status" style={{ marginBottom: "1.75rem" }}>
          <CheckIcon />
          <p>
            <strong>{added}</strong> is on the shelf.
          </p>
        </div>
      )}
      {shelf.state === "waiting" && <EmptyShelf />}
      {shelf.state === "there" && (
        <ul className="shelf">
          {shelf.books.map((book) => (
            <BookCard key={book.id} book={book} />
          ))}
        </ul>
      )}
      {shelf.state === "refused" && (
        <div className="notice bad" role="alert">
          <WarningIcon />
          <strong>The shelf cannot be shown</strong>
          <p>{shelf.why}</p>
          <div className="actions">
            <button type="button" className="button slim" onClick={reload}>
              Try again
            </button>
          </div>
        </div>
      )}
    </Page>
  );
}

function useShelf() {
  const { listBooks } = useBookstoreApi();
  const [shelf, setShelf] = useState<Shelf>({ state: "waiting" });
  const load = useCallback(
    async (signal?: AbortSignal) => {
      try {
        setShelf({ state: "there", books: await listBooks(signal) });
      } catch (cause) {
        if (!signal?.aborted) setShelf({ state: "refused", why: (cause as Error).message });
      }
    },
    [listBooks],
  );
  useEffect(() => {
    const leaving = new AbortController();
    void load(leaving.signal);
    return () => leaving.abort();
  }, [load]);
  return {
    shelf,
    reload: () => {
      setShelf({ state: "waiting" });
      void load();
    },
  };
}

function BookCard({ book }: { book: Book }) {
  const { user, getBooleanFlag } = useAuth();
  const staffPick = book.staffPick && getBooleanFlag("staff_picks", false);
  return (
    <li className="book">
      <Cover title={book.title} author={book.author} />
      <div>
        <h2>{book.title}</h2>
        <p className="by">
          {book.author}, {book.year}
        </p>
        {book.blurb && <p className="blurb">{book.blurb}</p>}
        {(staffPick || book.addedBy) && (
          <p className="marks">
            {staffPick && <span className="chip">Staff pick</span>}
            {book.addedBy && (
              <span className="chip good">
                {book.addedBy === user?.id ? "Added by you" : "Added by a colleague"}
              </span>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function EmptyShelf() {
  return (
    <>
      <p className="visually-hidden" role="status">
        Fetching the books
      </p>
      <ul className="shelf waiting" aria-hidden="true">
        {Array.from({ length: 6 }, (_, place) => place).map((place) => (
          <li key={place} className="book bone-book">
            <span className="cover bone" />
            <div>
              <div className="bone line" style={{ width: "80%" }} />
              <div className="bone line" style={{ width: "55%" }} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
