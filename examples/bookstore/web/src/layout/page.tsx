import { type ReactNode, useEffect, useRef } from "react";
import { useNavigationType } from "react-router";

interface PageProps {
  title: string;
  /** A short line above the title. */
  over?: ReactNode;
  lede?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}

/** A page with its heading. */
export function Page({ title, over, lede, action, children }: PageProps) {
  const heading = usePageTitle(title);
  return (
    <div className="wide page">
      <div className={action ? "page-head with-action" : "page-head"}>
        <div>
          {over && <p className="over">{over}</p>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lede && <p className="lede">{lede}</p>}
        </div>
        {action}
      </div>
      {children}
    </div>
  );
}

/** The document has been entered once; from then on a new page is a move inside it. */
let entered = false;

/**
 * Names the document after the page, and moves the focus to its heading when one arrives here by a link inside
 * the shop, as a page load would have done: a screen reader then says where one is.
 */
export function usePageTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const navigation = useNavigationType();
  useEffect(() => {
    document.title = title === "Marginalia" ? title : `${title} · Marginalia`;
  }, [title]);
  useEffect(() => {
    if (entered && navigation !== "POP") heading.current?.focus({ preventScroll: true });
    entered = true;
  }, [navigation]);
  return heading;
}
