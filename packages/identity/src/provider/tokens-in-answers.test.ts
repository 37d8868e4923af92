import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CLIENT_ID,
  ORIGIN,
  type RunningIdentity,
  refresh,
  startIdentity,
  tokenRequest,
  tokensFor,
} from "../../test/identity.ts";

let running: RunningIdentity;

beforeAll(async () => {
  running = await startIdentity();
});
afterAll(async () => {
  await running.identity.close();
});

/** Whether any 16 characters in a row of a token stand in a text. */
function leaks(text: string, token: string): boolean {
  for (let start = 0; start + 16 <= token.length; start += 1) {
    if (text.includes(token.slice(start, start + 16))) return true;
  }
  return false;
}

test("no refusal, page or event holds a piece of the token that it is about", async () => {
  const { issuer, events } = running;
  const { body } = await tokensFor(running);
  const tokens = [body.access_token, body.id_token, body.refresh_token].flatMap((token) => [
    token,
    `${token.slice(0, -3)}xyz`,
  ]);
  const form = (fields: Record<string, string>) => ({
    method: "POST",
    headers: { origin: ORIGIN },
    body: new URLSearchParams({ client_id: CLIENT_ID, ...fields }),
  });
  const answers: string[] = [];
  const keep = async (response: Response) => {
    answers.push(JSON.stringify([...response.headers]), await response.text());
  };
  await refresh(issuer, body.refresh_token);
  for (const token of tokens) {
    for (const authorization of [`Bearer ${token}x`, `Bearer Bearer ${token}`, `Basic ${token}`, token]) {
      await keep(await fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization } }));
    }
    await keep(await fetch(`${issuer}/oauth2/revoke`, form({ token: `${token}x` })));
    await keep(await fetch(`${issuer}/oauth2/introspect`, form({ token: `${token}x` })));
    const hint = `${issuer}/logout?id_token_hint=${token}x`;
    await keep(await fetch(hint, { redirect: "manual", headers: { accept: "text/html" } }));
    for (const fields of [
      { grant_type: "refresh_token", refresh_token: `${token}x` },
      { grant_type: "authorization_code", code: token, redirect_uri: "http://localhost:4302/callback" },
      { grant_type: token },
      { client_id: token, grant_type: "refresh_token", refresh_token: token },
    ]) {
      answers.push(JSON.stringify((await tokenRequest(issuer, fields)).body));
    }
  }
  answers.push(JSON.stringify(events));
  expect(answers.length).toBeGreaterThan(50);
  for (const answer of answers) {
    for (const token of tokens) expect(leaks(answer, token), answer).toBe(false);
  }
});
