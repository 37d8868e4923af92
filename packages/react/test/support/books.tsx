import { useAuth } from "@hallpass/react";
import { useEffect, useState } from "react";

interface Book {
  id: number;
  title: string;
}

/** A component as Kinde's manual has it, with nothing changed but the name of the hook. */
export function Books({ url }: { url: string }) {
  const { getToken } = useAuth();
  const [books, setBooks] = useState<Book[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    const fetchBooks = async () => {
      try {
        const accessToken = await getToken();
        const res = await fetch(`${url}/books`, {
          headers: {
            Authorization: `Bearer ${accessToken}`,
          },
        });
        const { data } = await res.json();
        setBooks(data.books);
      } catch (err) {
        console.log(err);
      }
    };
    fetchBooks();
  }, []);
  return (
    <ul>
      {books.map((book) => (
        <li key={book.id}>{book.title}</li>
      ))}
    </ul>
  );
}
