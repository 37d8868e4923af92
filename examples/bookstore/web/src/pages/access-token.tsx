import { useAuth } from "@hallpass/react";
import { useEffect, useState } from "react";
import { CheckIcon, CrossIcon } from "../layout/icons.tsx";
import { Page } from "../layout/page.tsx";
import { AnswerCard } from "../token/answer.tsx";
import { TokenContents } from "../token/contents.tsx";
import { type Outcome, tryToken } from "../token/exchange.ts";
import { Verdict } from "../token/verdict.tsx";
import { type Way, ways } from "../token/ways.ts";

interface Trial {
  way: Way;
  outcome?: Outcome;
  problem?: string;
}

export function AccessTokenPage() {
  const [way, setWay] = useState<Way>(ways[0]);
  const trial = useTrial(way);
  return (
    <Page
      title="Your access token"
      lede="The key this page shows to the API. Break it in one way at a time, and see what the API makes of it."
    >
      <div className="bench">
        <fieldset className="ways">
          <legend>Send it…</legend>
          {ways.map((each) => (
            <label key={each.id}>
              <input
                type="radio"
                name="way"
                value={each.id}
                checked={each === way}
                onChange={() => setWay(each)}
              />
              <b>{each.label}</b>
              <small>{each.about}</small>
            </label>
          ))}
        </fieldset>
        <div className="outcome" aria-busy={trial?.way !== way}>
          {trial?.problem && (
            <div className="notice bad" role="alert">
              <CrossIcon />
              <strong>There is no answer to show</strong>
              <p>{trial.problem}</p>
            </div>
          )}
          {trial?.outcome && (
            <>
              <div role="status">
                <VerdictLine outcome={trial.outcome} />
              </div>
              <AnswerCard way={trial.way} answer={trial.outcome.answer} />
              <Verdict explanation={trial.outcome.explanation} />
            </>
          )}
          {!trial && <div className="bone waiting" style={{ height: "24rem" }} />}
        </div>
      </div>
      <TokenContents />
    </Page>
  );
}

/** Sends the token the chosen way; what is shown stays until the next answer is there. */
function useTrial(way: Way): Trial | undefined {
  const { getToken, getIdToken } = useAuth();
  const [trial, setTrial] = useState<Trial>();
  useEffect(() => {
    const leaving = new AbortController();
    async function run(): Promise<Trial> {
      try {
        const accessToken = await getToken();
        const token = way.prepare({ accessToken, idToken: await getIdToken() });
        return { way, outcome: await tryToken(way.door, token, leaving.signal) };
      } catch (cause) {
        return {
          way,
          problem: cause instanceof TypeError ? "The API does not answer. Is it running?" : String(cause),
        };
      }
    }
    void run().then((next) => {
      if (!leaving.signal.aborted) setTrial(next);
    });
    return () => leaving.abort();
  }, [way, getToken, getIdToken]);
  return trial;
}

function VerdictLine({ outcome: { answer, explanation } }: { outcome: Outcome }) {
  if (answer.status < 400) {
    return (
      <div className="verdict-line accepted" data-testid="verdict">
        <span className="seal">
          <CheckIcon />
        </span>
        <h2 className="what">Accepted</h2>
        <p>
          All {explanation.checks.filter((check) => check.status === "passed").length} checks passed, and here
          are the books.
        </p>
      </div>
    );
  }
  return (
    <div className="verdict-line refused" data-testid="verdict">
      <span className="seal">
        <CrossIcon />
      </span>
      <h2 className="what">
        {answer.status === 503 ? "Not decided" : "Refused"}:{" "}
        <code>{String(answer.body.code ?? answer.body.error)}</code>
      </h2>
      <p>{String(answer.body.error_description ?? "")}</p>
    </div>
  );
}
