import { useAuth } from "@hallpass/react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { ApiProblem, type BookDraft, useBookstoreApi } from "../books/bookstore-api.ts";
import { Cover } from "../books/cover.tsx";
import { WarningIcon } from "../layout/icons.tsx";
import { Page } from "../layout/page.tsx";

export function AddBookPage() {
  const { getPermission } = useAuth();
  const { addBook } = useBookstoreApi();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState({ title: "", author: "", year: "", blurb: "" });
  const [problem, setProblem] = useState<ApiProblem>();
  const [sending, setSending] = useState(false);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problem]);
  const mayAdd = getPermission("create:books").isGranted;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    setProblem(undefined);
    try {
      const book = await addBook(readDraft(draft));
      await navigate("/books", { state: { added: book.title } });
    } catch (cause) {
      setProblem(
        cause instanceof ApiProblem
          ? cause
          : new ApiProblem(0, { error_description: (cause as Error).message }),
      );
      setSending(false);
    }
  }

  const field = (name: keyof typeof draft) => ({
    id: name,
    name,
    value: draft[name],
    "aria-invalid": Boolean(problem?.fields[name]),
    "aria-describedby": problem?.fields[name] ? `${name}-problem` : undefined,
    onChange: (event: { target: { value: string } }) => setDraft({ ...draft, [name]: event.target.value }),
  });

  return (
    <Page title="Add a book" lede="It goes on the shelf of every branch, with your name in the margin.">
      {!mayAdd && (
        <div className="notice" style={{ marginBottom: "1.5rem" }}>
          <WarningIcon />
          <strong>Your access token does not hold create:books</strong>
          <p>You can fill in the form all the same, and read what the API says to that.</p>
        </div>
      )}
      <div className="form-page">
        <form ref={form} className="card" onSubmit={submit} noValidate>
          <Field name="title" label="Title" problem={problem}>
            <input {...field("title")} autoComplete="off" required />
          </Field>
          <div className="pair">
            <Field name="author" label="Author" problem={problem}>
              <input {...field("author")} autoComplete="off" required />
            </Field>
            <Field name="year" label="Year" problem={problem}>
              <input {...field("year")} inputMode="numeric" autoComplete="off" required />
            </Field>
          </div>
          <Field
            name="blurb"
            label="A line about it"
            problem={problem}
            hint="What you would say at the counter. Optional."
          >
            <textarea {...field("blurb")} rows={3} />
          </Field>
          {problem && <Refusal problem={problem} />}
          <div style={{ display: "flex", gap: "0.75rem", flexWrap: "wrap" }}>
            <button type="submit" className="button" aria-disabled={sending}>
              {sending ? "Adding…" : "Put it on the shelf"}
            </button>
            <Link className="button plain" to="/books">
              Back to the shelf
            </Link>
          </div>
        </form>
        <div className="preview" aria-hidden="true">
          <Cover title={draft.title} author={draft.author} />
          <p className="soft small">Its jacket</p>
        </div>
      </div>
    </Page>
  );
}

/** Sends what stands in the fields; whether a year is a year is for the API to say. */
function readDraft({ title, author, year, blurb }: Record<keyof BookDraft, string>): BookDraft {
  return { title, author, year: year.trim() === "" ? Number.NaN : Number(year), blurb };
}

function Refusal({ problem }: { problem: ApiProblem }) {
  const title =
    problem.status === 403
      ? "The API refused: you may not add books"
      : problem.status === 400
        ? "The API cannot take the book like this"
        : "The book was not added";
  return (
    <div className="notice bad" role="alert">
      <WarningIcon />
      <strong>{title}</strong>
      <p>
        {Object.keys(problem.fields).length > 0
          ? "It says beside each field what is missing."
          : problem.message}
      </p>
      {problem.status > 0 && (
        <p className="small soft">
          Status {problem.status}, code <code>{problem.code}</code>
        </p>
      )}
    </div>
  );
}

interface FieldProps {
  name: keyof BookDraft;
  label: string;
  hint?: string;
  problem: ApiProblem | undefined;
  children: ReactNode;
}

function Field({ name, label, hint, problem, children }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      {children}
      {problem?.fields[name] ? (
        <p className="problem" id={`${name}-problem`}>
          {problem.fields[name]}
        </p>
      ) : (
        hint && <p className="hint">{hint}</p>
      )}
    </div>
  );
}
