import { useAuth } from "@hallpass/react";
import { useEffect, useState } from "react";
import { readToken } from "./tamper.ts";

/** What each claim is for, in the order of interest. */
const glosses: [name: string, gloss: string][] = [
  ["iss", "who issued it"],
  ["aud", "which API it is for"],
  ["sub", "whom it stands for"],
  ["azp", "which application asked for it"],
  ["org_code", "in which branch"],
  ["permissions", "what it allows"],
  ["iat", "since when"],
  ["exp", "until when"],
];

/** The readable parts of the current token. They are no secret to the one it stands for; the whole token is never shown. */
export function TokenContents() {
  const { getToken } = useAuth();
  const [contents, setContents] = useState<ReturnType<typeof readToken>>();
  useEffect(() => {
    let here = true;
    getToken().then(
      (token) => here && setContents(readToken(token)),
      () => {}, // without a token there is nothing to show, and the page says why above
    );
    return () => {
      here = false;
    };
  }, [getToken]);
  if (!contents) return null;
  return (
    <section className="contents" aria-labelledby="contents-title">
      <h2 id="contents-title">What it says</h2>
      <div className="card">
        <dl className="facts">
          {glosses
            .filter(([name]) => contents.claims[name] !== undefined)
            .map(([name, gloss]) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>, {gloss}
                </dt>
                <dd>{show(name, contents.claims[name])}</dd>
              </div>
            ))}
        </dl>
        <details>
          <summary>All of it, as JSON</summary>
          <pre>{JSON.stringify(contents.header, null, 2)}</pre>
          <pre>{JSON.stringify(contents.claims, null, 2)}</pre>
        </details>
      </div>
    </section>
  );
}

function show(name: string, value: unknown): string {
  if ((name === "exp" || name === "iat") && typeof value === "number") {
    const moment = new Date(value * 1000).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" });
    return `${moment}, ${fromNow(value)}`;
  }
  if (Array.isArray(value)) return value.length ? value.join(", ") : "none";
  return String(value);
}

/** @param moment seconds since 1970 */
function fromNow(moment: number): string {
  const minutes = Math.round((moment - Date.now() / 1000) / 60);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(minutes, "minute");
}
