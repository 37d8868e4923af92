import { useState } from "react";
import { type Person, people } from "../../../people.ts";
import { SignInButton } from "../auth/sign-in-buttons.tsx";
import { Avatar } from "../layout/avatar.tsx";

/** Who there is to sign in as while developing, passwords and all. */
export default function DevelopmentPeople() {
  return (
    <section className="try" aria-labelledby="try-title">
      <h2 id="try-title">Try it as one of us</h2>
      <p className="soft">You see this because the shop runs in development. Or register as yourself.</p>
      <div className="people">
        {people.map((person) => (
          <PersonCard key={person.email} person={person} />
        ))}
      </div>
    </section>
  );
}

function PersonCard({ person }: { person: Person }) {
  const name = `${person.givenName} ${person.familyName}`;
  return (
    <article className="card person">
      <header>
        <Avatar name={name} picture={person.picture} />
        <div>
          <h3>{name}</h3>
          <p className="soft small">{person.about}</p>
        </div>
      </header>
      <dl>
        <div>
          <dt>E-mail</dt>
          <dd>
            {person.email}
            <CopyButton text={person.email} what={`e-mail address of ${person.givenName}`} />
          </dd>
        </div>
        <div>
          <dt>Password</dt>
          <dd>
            <code>{person.password}</code>
            <CopyButton text={person.password} what={`password of ${person.givenName}`} />
          </dd>
        </div>
      </dl>
      <SignInButton className="button plain slim" loginHint={person.email} returnTo="/books">
        {`Sign in as ${person.givenName}`}
      </SignInButton>
    </article>
  );
}

function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="copy"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        setCopied(true);
        setTimeout(() => setCopied(false), 1500);
      }}
    >
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
      <span className="visually-hidden"> the {what}</span>
    </button>
  );
}
