import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { developmentPage } from "../development/index.ts";
import { html, safeHref } from "./html.ts";
import {
  acceptInvitationPage,
  assets,
  chooseOrganizationPage,
  consentPage,
  createOrganizationPage,
  errorPage,
  logoutConfirmPage,
  membershipPage,
  refusedInvitationPage,
  registerPage,
  sessionExpiredPage,
  signedOutPage,
  signInPage,
} from "./index.ts";

/** Every page, with `text` in every place that can hold text from outside. */
function pagesWith(text: string): Record<string, string> {
  const form = { action: "/interaction/1", csrf: text, applicationName: text };
  const errors = { form: text, email: text, password: text, givenName: text, familyName: text };
  const user = {
    id: text,
    email: text,
    emailVerified: false,
    givenName: text,
    familyName: text,
    name: text,
    picture: text,
    createdAt: 0,
    updatedAt: 0,
    memberships: [{ code: text, name: text, roles: [text] }],
    seededPassword: text,
  };
  return {
    signIn: signInPage({ ...form, email: text, error: text, registerHref: text }),
    register: registerPage({
      ...form,
      email: text,
      givenName: text,
      familyName: text,
      errors,
      signInHref: text,
    }),
    consent: consentPage({
      ...form,
      email: text,
      redirectHost: text,
      scopes: [{ key: text, description: text }, { key: text }],
    }),
    chooseOrganization: chooseOrganizationPage({
      ...form,
      email: text,
      organizations: [{ code: text, name: text }],
      switchHref: text,
    }),
    membership: membershipPage({ ...form, email: text, organizationWasNamed: true, switchHref: text }),
    noOrganization: membershipPage({ ...form, email: text, organizationWasNamed: false, switchHref: text }),
    acceptInvitation: acceptInvitationPage({
      ...form,
      organizationName: text,
      email: text,
      accepted: false,
      withoutAction: text,
      switchHref: text,
    }),
    refusedInvitation: refusedInvitationPage({
      ...form,
      refusal: "other_email",
      email: text,
      invitedEmail: text,
      withoutAction: text,
      switchHref: text,
      returnHref: text,
    }),
    invitedRegister: registerPage({
      ...form,
      email: text,
      invitedTo: text,
      emailFixed: true,
      signInHref: text,
    }),
    invitedSignIn: signInPage({
      ...form,
      email: text,
      invitedTo: text,
      emailFixed: true,
      registerHref: text,
    }),
    createOrganization: createOrganizationPage({ ...form, name: text, error: text }),
    logoutConfirm: logoutConfirmPage({
      action: text,
      fields: { [text]: text },
      applicationName: text,
      email: text,
    }),
    signedOut: signedOutPage({ applicationName: text, returnHref: text, returnLabel: text }),
    sessionExpired: sessionExpiredPage({ applicationName: text, returnHref: text }),
    error: errorPage({
      applicationName: text,
      title: text,
      message: text,
      fix: text,
      code: text,
      status: 400,
      returnHref: text,
      returnLabel: text,
    }),
    development: developmentPage({
      issuer: text,
      users: [user],
      moreUsers: true,
      applications: [
        {
          clientId: text,
          name: text,
          type: "spa",
          redirectUris: [text],
          postLogoutRedirectUris: [text],
          homeUri: text,
          authentication: "secret",
          jwks: null,
          pkce: "required",
          apis: [{ audience: text, scopes: [text] }],
          organization: "optional",
        },
      ],
      apis: [{ audience: text, name: text, scopes: [text], signingAlgorithm: "RS256" }],
      permissions: [{ key: text, description: text }],
      roles: [{ id: text, key: text, name: text, permissions: [text] }],
      flags: [{ key: text, type: "string", value: text, description: text }],
      organizations: [{ code: text, name: text }],
    }),
  };
}

const skeleton = (page: string) => page.match(/<\/?[a-z][^\s>]*/gi)?.join(" ");

describe("whatever people type", () => {
  test("never becomes markup", () => {
    const plain = Object.entries(pagesWith("plain")).map(([name, page]) => [name, skeleton(page)]);
    const hostile = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.stringMatching(/^[<>"'&/= a-z]{1,40}$/),
      fc.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</title><b>",
        "&lt;b&gt;",
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        // A trimmed text may vanish, and a link with it; an x in front keeps every part of every page in place.
        const pages = Object.entries(pagesWith(`x${text}`)).map(([name, page]) => [name, skeleton(page)]);
        expect(pages).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "/\\evil.example",
    "vbscript:x",
    "",
  ])("is no link when it is %j", (address) => {
    expect(safeHref(address)).toBeNull();
    expect(errorPage({ title: "t", message: "m", status: 400, returnHref: address })).not.toContain("<a ");
  });

  test.each(["https://shop.example/", "http://localhost:4302/x", "/interaction/1"])(
    "may be the link %s",
    (address) => {
      expect(safeHref(address)).toBe(address);
    },
  );

  test("is escaped once, and lists and nothing are handled", () => {
    expect(html`<p class="${'"'}">${["<", html`<b>${"&"}</b>`, null, false, undefined, 0]}</p>`.markup).toBe(
      '<p class="&quot;">&lt;<b>&amp;</b>0</p>',
    );
  });
});

describe("every page", () => {
  const pages = Object.entries(pagesWith("Bookstore"));

  test.each(pages)("%s works without scripts, inline styles and anything from elsewhere", (_, page) => {
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/i);
    const loaded = [...page.matchAll(/<(?:link|img)[^>]*(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    for (const path of loaded) expect(assets.map((asset) => asset.path)).toContain(path);
  });

  test.each(pages)(
    "%s has a language, a title, one heading of the first rank and one main part",
    (_, page) => {
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(page).toMatch(/<title>[^<]+<\/title>/);
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page.match(/<main/g)).toHaveLength(1);
    },
  );

  test.each(pages)("%s labels every input and describes it by something that is there", (_, page) => {
    for (const [, input = ""] of page.matchAll(/<input ([^>]*)>/g)) {
      if (input.includes('type="hidden"')) continue;
      const id = /id="([^"]+)"/.exec(input)?.[1];
      expect(page).toContain(`<label for="${id}">`);
      expect(input).toMatch(/autocomplete="[a-z-]+"/);
      const described = /aria-describedby="([^"]+)"/.exec(input)?.[1] ?? "";
      for (const other of described.split(" ").filter(Boolean)) expect(page).toContain(`id="${other}"`);
    }
  });
});

describe("a form", () => {
  test("is sent by POST with its token, to where it was told", () => {
    const page = signInPage({
      action: "/interaction/7/login",
      csrf: "t0ken",
      applicationName: "Bookstore",
      registerHref: "/interaction/7/register",
    });
    expect(page).toContain('<form method="post" action="/interaction/7/login">');
    expect(page).toContain('<input type="hidden" name="csrf" value="t0ken">');
    expect(page).toContain('href="/interaction/7/register"');
  });

  test("never shows a password again", () => {
    const page = registerPage({
      action: "/",
      csrf: "",
      applicationName: "Bookstore",
      signInHref: "/",
      errors: { password: "Too short." },
    });
    expect(/<input id="password"[^>]*>/.exec(page)?.[0]).not.toContain("value=");
  });

  test("that was refused sums up what to mend, and begins where the first mistake is", () => {
    const page = registerPage({
      action: "/",
      csrf: "",
      applicationName: "Bookstore",
      signInHref: "/",
      errors: { email: "Please enter an e-mail address.", password: "Too short." },
    });
    expect(page).toContain("<title>Error: Create an account");
    expect(page).toMatch(/<a href="#email">E-mail<\/a>.*<a href="#password">Password<\/a>/s);
    expect(page).toContain('aria-describedby="form-error"');
    const email = /<input id="email"[^>]*>/.exec(page)?.[0];
    expect(email).toContain('aria-invalid="true"');
    expect(email).toContain("autofocus");
    expect(email).toContain('aria-describedby="email-error"');
    expect(page.match(/autofocus/g)).toHaveLength(1);
  });
});
