import { flipOneCharacter, withoutSignature } from "./tamper.ts";

/** A way to send the token: as it is, or wrong in exactly one respect. */
export interface Way {
  id: string;
  label: string;
  about: string;
  /** Which of the API's three doors it is sent to. */
  door: "" | "/tomorrow" | "/warehouse";
  /** What goes into the Authorization header after `Bearer`, or nothing if no header is sent. */
  prepare(tokens: { accessToken: string; idToken: string }): string | undefined;
  /** How the request's Authorization header is described; the token itself is never shown. */
  sends: string;
}

export const ways: readonly [Way, ...Way[]] = [
  {
    id: "intact",
    label: "Intact",
    about: "Your access token, as it is.",
    door: "",
    prepare: ({ accessToken }) => accessToken,
    sends: "Bearer ‹your access token›",
  },
  {
    id: "expired",
    label: "Expired",
    about: "The same token, at a door of the API whose clock is a day ahead.",
    door: "/tomorrow",
    prepare: ({ accessToken }) => accessToken,
    sends: "Bearer ‹your access token, a day later›",
  },
  {
    id: "other-audience",
    label: "For another API",
    about: "The same token, at the warehouse's API, which it was not issued for.",
    door: "/warehouse",
    prepare: ({ accessToken }) => accessToken,
    sends: "Bearer ‹your access token›",
  },
  {
    id: "id-token",
    label: "The ID token instead",
    about: "It says who you are. It is not a key to anything.",
    door: "",
    prepare: ({ idToken }) => idToken,
    sends: "Bearer ‹your ID token›",
  },
  {
    id: "flipped",
    label: "One flipped character",
    about: "A single character of the signature changed.",
    door: "",
    prepare: ({ accessToken }) => flipOneCharacter(accessToken),
    sends: "Bearer ‹your access token, one character changed›",
  },
  {
    id: "alg-none",
    label: "alg: none",
    about: "The oldest trick: a token that says it needs no signature.",
    door: "",
    prepare: ({ accessToken }) => withoutSignature(accessToken),
    sends: "Bearer ‹your access token, unsigned›",
  },
  {
    id: "nothing",
    label: "No token at all",
    about: "A request without an Authorization header.",
    door: "",
    prepare: () => undefined,
    sends: "",
  },
];
