import { Link } from "react-router";
import { usePageTitle } from "../layout/page.tsx";

export function NotFoundPage() {
  const heading = usePageTitle("No such page");
  return (
    <div className="wide page">
      <div className="center-page">
        <MissingBook />
        <h1 ref={heading} tabIndex={-1}>
          This page has been torn out
        </h1>
        <p className="lede">There is nothing at this address.</p>
        <div className="actions">
          <Link className="button" to="/">
            Back to the shop
          </Link>
        </div>
      </div>
    </div>
  );
}

function MissingBook() {
  return (
    <svg
      className="emblem"
      viewBox="0 0 120 84"
      fill="none"
      stroke="currentColor"
      strokeWidth="3"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M60 20C48 12 32 9 12 9v58c20 0 36 3 48 11Z" />
      <path d="M60 20c5-3.300 10-5.700 16-7.400l-4 9 7 7-8 8 6 8-7 7 5 8-4 9c-4 1.600-7.500 3.500-11 5.900" />
      <path
        d="m83 13 17-3.500v56c-7 0-13 .7-19 2l4-9-5-8 7-7-6-8 8-8-7-7z"
        transform="translate(9 5) rotate(9 92 40)"
        opacity=".8"
      />
      <path d="M26 26c8 .6 14 1.800 20 4M26 38c8 .6 14 1.800 20 4M26 50c6 .4 10 1 14 2.200" opacity=".55" />
    </svg>
  );
}
