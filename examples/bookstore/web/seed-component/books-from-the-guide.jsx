import { useAuth } from "@hallpass/react";
import { useState } from "react";

/**
 * The component that the guide for protecting an API shows, as it stands there: only the hook has another name, and
 * the API another address.
 */
export function BooksFromTheGuide({ api }) {
  const { getToken } = useAuth();
  const [books, setBooks] = useState([]);
  const fetchBooks = async () => {
    try {
      const accessToken = await getToken();
      const res = await fetch(`${api}/books`, {
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

  return (
    <>
      <button type="button" onClick={fetchBooks}>
        Fetch the books
      </button>
      <ul>
        {books.map((book) => (
          <li key={book.id}>{book.title}</li>
        ))}
      </ul>
    </>
  );
}
