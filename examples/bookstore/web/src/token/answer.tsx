import type { Answer } from "./exchange.ts";
import type { Way } from "./ways.ts";

/** The request and the answer to it, as they went over the wire, but for the token. */
export function AnswerCard({ way, answer }: { way: Way; answer: Answer }) {
  return (
    <section
      className={`exchange ${answer.status < 400 ? "accepted" : "refused"}`}
      aria-labelledby="answer-title"
    >
      <h3 id="answer-title">What went over the wire</h3>
      <pre>
        GET {way.door}/books{"\n"}
        {way.sends ? (
          <>
            <span className="name">Authorization</span>: {way.sends}
          </>
        ) : (
          <span className="dim">(no Authorization header)</span>
        )}
      </pre>
      <pre data-testid="answer">
        <span className="status">
          {answer.status} {answer.statusText}
        </span>
        {"\n"}
        <Header name="WWW-Authenticate" value={answer.wwwAuthenticate} />
        <Header name="Retry-After" value={answer.retryAfter} />
        {"\n"}
        {JSON.stringify(shorten(answer.body), null, 2)}
      </pre>
    </section>
  );
}

function Header({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <>
      <span className="name">{name}</span>: {value}
      {"\n"}
    </>
  );
}

/** Nobody wants the whole shelf here: of a list the first entry, and how many there are. */
function shorten(body: Record<string, unknown>): unknown {
  const books = (body.data as { books?: { title: string }[] } | undefined)?.books;
  if (!books) return body;
  const [first, ...rest] = books.map((book) => book.title);
  return { data: { books: rest.length ? [first, `… and ${rest.length} more`] : books } };
}
