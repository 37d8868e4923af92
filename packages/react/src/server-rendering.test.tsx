import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import {
  AuthProvider,
  LoginLink,
  LogoutLink,
  Protect,
  RegisterLink,
  SignedIn,
  SignedOut,
  useApi,
  useAuth,
} from "./index.ts";

function render(children: ReactNode, apiOrigins: string[] = ["https://api.example"]): string {
  return renderToString(
    <AuthProvider issuer="https://auth.example" clientId="web" apiOrigins={apiOrigins}>
      {children}
    </AuthProvider>,
  );
}

function State() {
  const { status, isLoading, isAuthenticated, user, error } = useAuth();
  return <>{JSON.stringify({ status, isLoading, isAuthenticated, user, error }).replaceAll('"', "'")}</>;
}

describe("rendered on a server", () => {
  test("it is not known yet who is signed in", () => {
    expect(render(<State />).replaceAll("&#x27;", "'")).toBe(
      "{'status':'loading','isLoading':true,'isAuthenticated':false,'user':null,'error':null}",
    );
  });

  test("nothing is shown to anybody that is meant for somebody", () => {
    const html = render(
      <>
        <SignedIn>secret</SignedIn>
        <SignedOut>welcome</SignedOut>
        <Protect permissions={["create:books"]} fallback="refused" loading="one moment">
          secret
        </Protect>
      </>,
    );
    expect(html).toBe("one moment");
  });

  test("links are buttons that submit no form, and take what a button takes", () => {
    const html = render(
      <>
        <LoginLink className="primary" options={{ loginHint: "ada@example.com" }}>
          Sign in
        </LoginLink>
        <RegisterLink>Register</RegisterLink>
        <LogoutLink disabled>Sign out</LogoutLink>
      </>,
    );
    expect(html).toBe(
      '<button type="button" class="primary">Sign in</button><button type="button">Register</button>' +
        '<button type="button" disabled="">Sign out</button>',
    );
  });

  test("claims are empty, and flags at their defaults", () => {
    function Claims() {
      const { getPermission, getUserDetails, getStringFlag } = useAuth();
      return (
        <>
          {[getPermission("x").isGranted, getUserDetails().id, getStringFlag("theme", "sand")]
            .map(String)
            .join()}
        </>
      );
    }
    expect(render(<Claims />)).toBe("false,null,sand");
  });
});

describe("mistakes", () => {
  test("a hook outside of the provider says what is missing", () => {
    expect(() => renderToString(<State />)).toThrow(
      expect.objectContaining({
        code: "provider_missing",
        message: expect.stringContaining("<AuthProvider>"),
      }),
    );
  });

  test("an API without an origin says which option is missing", () => {
    function Api() {
      useApi();
      return null;
    }
    expect(() => render(<Api />, [])).toThrow(
      expect.objectContaining({ code: "option_invalid", message: expect.stringContaining("apiOrigins") }),
    );
  });

  test("a wrong option is named", () => {
    expect(() => renderToString(<AuthProvider issuer="http://auth.example" clientId="web" />)).toThrow(
      expect.objectContaining({ code: "option_invalid", message: expect.stringContaining("issuer") }),
    );
  });
});

describe("types", () => {
  test("say what is missing", () => {
    // @ts-expect-error: clientId is required
    const missing = <AuthProvider issuer="https://auth.example" />;
    // @ts-expect-error: Kinde's parameters are typed
    const misspelt = <LoginLink options={{ orgcode: "org_1" }} />;
    expect([missing, misspelt].length).toBe(2);
  });
});
