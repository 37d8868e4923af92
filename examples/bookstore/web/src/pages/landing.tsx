import { lazy, Suspense } from "react";
import { RegisterButton, SignInButton } from "../auth/sign-in-buttons.tsx";
import { Cover } from "../books/cover.tsx";
import { usePageTitle } from "../layout/page.tsx";

// Not in a production build: there are no passwords to show, and the bundle must not hold any.
const DevelopmentPeople = import.meta.env.DEV ? lazy(() => import("./development-people.tsx")) : null;

export function LandingPage() {
  const heading = usePageTitle("Marginalia");
  return (
    <div className="landing">
      <section className="hero">
        <div className="wide">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              Every good book has <em>notes in the margin.</em>
            </h1>
            <p className="lede">
              Marginalia is one shelf for every branch of the shop. Readers browse it, booksellers fill it,
              and everyone sees who put what where.
            </p>
            <div className="actions">
              <SignInButton returnTo="/books" />
              <RegisterButton returnTo="/books" />
            </div>
          </div>
          <div className="window" aria-hidden="true">
            <Cover title="Jane Eyre" author="Charlotte Brontë" />
            <Cover title="The Voyage Out" author="Virginia Woolf" />
            <Cover title="Moby-Dick" author="Herman Melville" />
          </div>
        </div>
      </section>
      <div className="wide">
        <ul className="reasons">
          <li>
            <h2>One shelf, two branches</h2>
            <p className="soft">
              Change branch without signing in again; the shop changes its colours with you.
            </p>
          </li>
          <li>
            <h2>The right hands only</h2>
            <p className="soft">Booksellers add books. A reader who tries is told why not, in a sentence.</p>
          </li>
          <li>
            <h2>Nothing up its sleeve</h2>
            <p className="soft">
              See what your access token says, break it seven ways, and read what the API answers.
            </p>
          </li>
        </ul>
        {DevelopmentPeople && (
          <Suspense>
            <DevelopmentPeople />
          </Suspense>
        )}
      </div>
    </div>
  );
}
