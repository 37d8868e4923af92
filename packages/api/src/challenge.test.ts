import { describe, expect, it } from "vitest";
import { answerTo } from "./challenge.ts";
import { forbidden, invalidToken, refusalOf, unauthorized } from "./refusal.ts";

const realm = "https://api.bookstore.example";

function challenge(description: string): string {
  return (
    answerTo(invalidToken("token_expired", description), realm, undefined).headers["www-authenticate"] ?? ""
  );
}

describe("WWW-Authenticate", () => {
  it("is bare when nothing was sent", () => {
    const answer = answerTo(unauthorized("token_missing", "No access token was sent."), realm, undefined);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(`Bearer realm="${realm}"`);
  });

  it("names the error and describes it", () => {
    expect(challenge("The token expired.")).toBe(
      `Bearer realm="${realm}", error="invalid_token", error_description="The token expired."`,
    );
  });

  it("names the scopes that the endpoint requires", () => {
    const refusal = forbidden("scope_missing", "The token lacks the scope write.", ["read", "write"]);
    const answer = answerTo(refusal, realm, undefined);
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toMatch(/error="insufficient_scope".*, scope="read write"$/);
  });

  it("cannot be broken out of", () => {
    const value = challenge('a"b\\c\r\nSet-Cookie: x=1\u0000\u00e9\ud83d\ude00 end');
    expect(value).toMatch(/^[\x20-\x7e]*$/);
    expect(value).toContain(`error_description="a'b/c??Set-Cookie: x=1????? end"`.replace("?????", "????"));
  });

  it("stays short, and so does the body", () => {
    const answer = answerTo(invalidToken("token_expired", "x".repeat(100_000)), realm, undefined);
    expect(answer.headers["www-authenticate"]?.length).toBeLessThan(700);
    expect(answer.body.length).toBeLessThan(1200);
  });
});

describe("Access-Control-Expose-Headers", () => {
  const exposed = (before: string | undefined) =>
    answerTo(unauthorized("token_missing", ""), realm, before).headers["access-control-expose-headers"];

  it("is set, or appended to without repetition", () => {
    expect(exposed(undefined)).toBe("WWW-Authenticate, Retry-After, DPoP-Nonce");
    expect(exposed("X-Total, retry-after")).toBe("X-Total, retry-after, WWW-Authenticate, DPoP-Nonce");
  });
});

describe("an issuer that cannot be reached", () => {
  it("is 503 with Retry-After in whole seconds, and no challenge", async () => {
    const { TokenError } = await import("@hallpass/tokens");
    const error = new TokenError("keys_unavailable", "The keys cannot be fetched.", {
      fix: "Try again.",
      retryAfter: 1.2,
    });
    const answer = answerTo(refusalOf(error), realm, undefined);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
    expect(answer.headers).not.toHaveProperty("www-authenticate");
    expect(JSON.parse(answer.body)).toEqual({
      error: "temporarily_unavailable",
      error_description: "The keys cannot be fetched. Try again.",
      code: "keys_unavailable",
    });
  });
});
