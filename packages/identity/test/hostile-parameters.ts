import { AUDIENCE, CLIENT_ID, HOME, PASSWORD, REDIRECT_URI } from "./identity.ts";

/** How an address is asked, for a test that then puts something hostile in the place of each parameter. */
export interface HostileRoute {
  /** Every parameter that the address looks at, with a value that is good. */
  parameters?: Readonly<Record<string, string>>;
  /** Where they stand; in the query of a GET and in the form of a POST if not given. */
  carriedIn?: "query" | "form" | "json";
  /** Parameters that may be there twice. */
  repeatable?: readonly string[];
  /**
   * What has to be there first: a sign-in under way (its id is `:uid`, and its form's token is sent), a session, the
   * access token of a user, or the secret of the development controls.
   */
  needs?: "sign-in" | "registration" | "session" | "access token" | "control secret";
}

const CLIENT = { client_id: CLIENT_ID };
const FORM = { csrf: "" };

const AUTHORIZATION: HostileRoute = {
  parameters: {
    ...CLIENT,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    response_mode: "query",
    scope: "openid profile email offline",
    audience: AUDIENCE,
    resource: AUDIENCE,
    state: "state",
    nonce: "nonce",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    prompt: "login",
    max_age: "60",
    login_hint: "ada@example.com",
    id_token_hint: "",
    acr_values: "",
    ui_locales: "en",
    claims: "",
    display: "page",
    request: "",
    request_uri: "",
    registration: "",
    org_code: "org_bookstore",
    org_name: "",
    is_create_org: "false",
    start_page: "login",
    invitation_code: "",
    is_invitation: "false",
  },
  repeatable: ["audience", "resource"],
};

const LOGOUT: HostileRoute = {
  parameters: {
    ...CLIENT,
    id_token_hint: "",
    post_logout_redirect_uri: HOME,
    redirect: HOME,
    redirect_uri: HOME,
    state: "state",
    all_sessions: "false",
  },
  needs: "session",
};

const PROFILE: HostileRoute = { needs: "access token" };
const ACCOUNT: HostileRoute = { needs: "access token" };
const LIST: HostileRoute = { parameters: { starting_after: "a", page_size: "2" }, needs: "access token" };
const PLAIN: HostileRoute = {};

/**
 * Every address of the server that takes a request, by method and path. The test compares this with what the server
 * says of itself: an address that is not here fails it.
 */
export const HOSTILE_ROUTES: Readonly<Record<string, HostileRoute>> = {
  "GET /oauth2/auth": AUTHORIZATION,
  "POST /oauth2/auth": AUTHORIZATION,
  "GET /oauth2/auth/:uid": { needs: "sign-in" },
  "POST /oauth2/token": {
    parameters: {
      ...CLIENT,
      grant_type: "authorization_code",
      code: "c".repeat(43),
      redirect_uri: REDIRECT_URI,
      code_verifier: "v".repeat(43),
      refresh_token: "r".repeat(43),
      refresh_token_transport: "body",
      scope: "openid",
      audience: AUDIENCE,
      resource: AUDIENCE,
    },
    repeatable: ["audience", "resource"],
  },
  "POST /oauth2/revoke": {
    parameters: { ...CLIENT, token: "t".repeat(43), token_type_hint: "refresh_token" },
  },
  "POST /oauth2/introspect": {
    parameters: { ...CLIENT, token: "t".repeat(43), token_type_hint: "access_token" },
  },
  "GET /.well-known/jwks": PLAIN,
  "GET /.well-known/jwks.json": PLAIN,
  "GET /.well-known/openid-configuration": PLAIN,
  "GET /.well-known/oauth-authorization-server": PLAIN,
  "GET /assets/hallpass.css": PLAIN,
  "GET /assets/hallpass.svg": PLAIN,
  "GET /healthz": PLAIN,
  "GET /interaction/:uid": { needs: "sign-in" },
  "GET /interaction/:uid/sign-in": { needs: "sign-in" },
  "GET /interaction/:uid/register": { needs: "registration" },
  "GET /interaction/:uid/organization": { needs: "sign-in" },
  "POST /interaction/:uid/sign-in": {
    parameters: { ...FORM, email: "nobody@example.com", password: PASSWORD },
    needs: "sign-in",
  },
  "POST /interaction/:uid/register": {
    parameters: { ...FORM, email: "ada@example.com", password: PASSWORD, givenName: "Ada", familyName: "L" },
    needs: "registration",
  },
  "POST /interaction/:uid/organization": { parameters: { ...FORM, name: "Society" }, needs: "sign-in" },
  "POST /interaction/:uid/consent": { parameters: { ...FORM, decision: "deny" }, needs: "sign-in" },
  "POST /interaction/:uid/choice": {
    parameters: { ...FORM, organization: "org_bookstore" },
    needs: "sign-in",
  },
  "POST /interaction/:uid/membership": { parameters: FORM, needs: "sign-in" },
  "GET /interaction/:uid/invitation": { needs: "sign-in" },
  "POST /interaction/:uid/invitation": { parameters: FORM, needs: "sign-in" },
  "POST /interaction/:uid/without-invitation": { parameters: FORM, needs: "sign-in" },
  "GET /account": {
    parameters: { ...CLIENT, return_url: HOME, subnav: "profile" },
    needs: "session",
  },
  "POST /account/sign-out-everywhere": { parameters: { ...FORM, ...CLIENT }, needs: "session" },
  "GET /logout": LOGOUT,
  "POST /logout": LOGOUT,
  "POST /logout/confirm": {
    parameters: { ...FORM, ...LOGOUT.parameters, logout: "no" },
    needs: "session",
  },
  "GET /oauth2/v2/user_profile": PROFILE,
  "POST /oauth2/v2/user_profile": PROFILE,
  "GET /oauth2/userinfo": PROFILE,
  "POST /oauth2/userinfo": PROFILE,
  "GET /oauth2/user_profile": PROFILE,
  "GET /account_api/v1/permissions": LIST,
  "GET /account_api/v1/roles": LIST,
  "GET /account_api/v1/feature_flags": LIST,
  "GET /account_api/v1/properties": LIST,
  "GET /account_api/v1/entitlements": LIST,
  "GET /account_api/v1/permission/:key": ACCOUNT,
  "GET /account_api/v1/entitlement/:key": ACCOUNT,
  "GET /account_api/v1/entitlement": { parameters: { key: "seats" }, needs: "access token" },
  "GET /account_api/v1/portal_link": {
    parameters: { subnav: "profile", sub_nav: "profile", return_url: HOME },
    needs: "access token",
  },
  "GET /": PLAIN,
  "GET /_hallpass/control": { needs: "control secret" },
  "DELETE /_hallpass/control": { needs: "control secret" },
  "POST /_hallpass/control": {
    parameters: { prompt: "login_required", clockOffset: "1" },
    carriedIn: "json",
    needs: "control secret",
  },
};

/** Found in an answer, it would be markup that somebody else wrote. */
export const MARKUP = '"><script>hostile()</script>';

/** What is put in the place of a good value. */
export const HOSTILE_VALUES: Readonly<Record<string, string>> = {
  markup: MARKUP,
  "a line break": "a\r\nset-cookie: hostile=1\r\n\r\n<script>hostile()</script>",
  NUL: "a\u0000b",
  "100 kB": "x".repeat(100_000),
  "a lone surrogate": "\ud800",
  "a template": "{{7*7}}<%= 7*7 %>",
  "another place": "https://hostile.example/",
  "another place without a scheme": "//hostile.example/",
  "a script": "javascript:hostile()",
  "a path upwards": "../../../../etc/passwd",
  "a name of the language": "__proto__",
  SQL: "' OR 1=1; DROP TABLE users; --",
  JSON: '{"$ne":null}',
  "a number without end": "1e999",
};

/** Those that no parameter may have: whoever looks at the parameter refuses the request. */
export const NEVER_GOOD = ["a line break", "NUL", "100 kB"];
