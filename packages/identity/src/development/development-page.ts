import type { Api, Application, Flag, Permission, Role } from "../access/index.ts";
import type { Membership, Organization, User } from "../directory/index.ts";
import { type Html, html, safeHref } from "../pages/html.ts";
import { layout } from "../pages/layout.ts";

/** Someone on the development page. */
export interface DevelopmentUser extends User {
  memberships: Membership[];
  /** The password that the configuration gave them when they were created. */
  seededPassword?: string;
}

/** Everything that the development page shows. */
export interface DevelopmentView {
  issuer: string;
  users: DevelopmentUser[];
  /** True when there are more users than are shown. */
  moreUsers: boolean;
  applications: Application[];
  apis: Api[];
  permissions: Permission[];
  roles: Role[];
  flags: Flag[];
  organizations: Organization[];
}

/** What identity knows, for the developer who has just started it. Read-only, and never served in production. */
export function developmentPage(view: DevelopmentView): string {
  const { issuer } = view;
  const content = html`<header class="masthead">
<p class="brand"><img src="/assets/hallpass.svg" alt="" width="36" height="36"><span class="brand-name">Hallpass</span><span class="badge">development</span></p>
<h1>Your identity server</h1>
<p class="lead">What stands in <code>hallpass.config.ts</code>, and who has registered since. This page and the passwords on it exist in development only.</p>
<dl class="facts">
<div><dt>Issuer</dt><dd><code>${issuer}</code></dd></div>
<div><dt>Discovery</dt><dd><a href="/.well-known/openid-configuration">/.well-known/openid-configuration</a></dd></div>
<div><dt>Public keys</dt><dd><a href="/.well-known/jwks.json">/.well-known/jwks.json</a></dd></div>
</dl>
</header>
<main class="sections">
${section("Applications", "applications", view.applications.map(applicationEntry), "Add one to “applications” in hallpass.config.ts.")}
${section("APIs", "apis", view.apis.map(apiEntry), "Add one to “apis”; its audience is what tokens carry in aud.")}
${section("Users", "users", view.users.map(userEntry), "Nobody yet. Register in your application, or add someone to “users”.")}
${view.moreUsers ? html`<p class="hint">There are more; <code>hallpass users list</code> shows them all.</p>` : ""}
${section("Organizations", "organizations", view.organizations.map(organizationEntry), "Add one to “organizations”.", true)}
${section("Roles", "roles", view.roles.map(roleEntry), "Add one to “roles”.", true)}
${section("Permissions", "permissions", view.permissions.map(permissionEntry), "Add one to “permissions”.", true)}
${section("Feature flags", "flags", view.flags.map(flagEntry), "Add one to “flags”.", true)}
</main>`;
  return layout({ title: "Development", applicationName: "Hallpass", content, wide: true });
}

function section(title: string, id: string, entries: Html[], empty: string, compact = false): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title} <span class="count">${entries.length}</span></h2>
${entries.length > 0 ? html`<ul class="entries${compact ? " compact" : ""}">${entries.map((entry) => html`<li class="entry">${entry}</li>`)}</ul>` : html`<p class="empty">${empty}</p>`}
</section>`;
}

function facts(rows: readonly (readonly [string, Html | null])[]): Html {
  return html`<dl class="facts">${rows.map(([term, value]) => (value === null ? "" : html`<div><dt>${term}</dt><dd>${value}</dd></div>`))}</dl>`;
}

const code = (text: string): Html => html`<code>${text}</code>`;

const codes = (texts: readonly string[], none: string): Html =>
  texts.length > 0
    ? html`<span class="chips">${texts.map(code)}</span>`
    : html`<span class="none">${none}</span>`;

const lines = (texts: readonly string[], none: string): Html =>
  texts.length > 0
    ? html`<ul class="lines">${texts.map((text) => html`<li>${code(text)}</li>`)}</ul>`
    : html`<span class="none">${none}</span>`;

const KINDS = {
  spa: "Browser application",
  web: "Web server",
  native: "Native application",
  machine: "Machine",
} as const;

const METHODS = {
  none: "nothing: a public client",
  secret: "a secret",
  private_key_jwt: "signed assertions (private_key_jwt)",
} as const;

function applicationEntry(application: Application): Html {
  const home = safeHref(application.homeUri);
  const machine = application.type === "machine";
  return html`<h3>${application.name} <span class="kind">${KINDS[application.type]}</span></h3>
${facts([
  ["Client id", code(application.clientId)],
  ["Authenticates with", html`${METHODS[application.authentication]}`],
  ["Callback URLs", machine ? null : lines(application.redirectUris, "none")],
  ["Logout URLs", machine ? null : lines(application.postLogoutRedirectUris, "none")],
  ["PKCE", application.pkce === "optional" ? html`optional` : null],
  ["In its own name", application.apis.length === 0 ? null : lines(application.apis.map(usedApi), "")],
  ["Home", home ? html`<a href="${home}">${application.homeUri}</a>` : null],
])}`;
}

const usedApi = ({ audience, scopes }: Application["apis"][number]): string =>
  [audience, ...scopes].join(" ");

function apiEntry(api: Api): Html {
  return html`<h3>${api.name}</h3>
${facts([
  ["Audience", code(api.audience)],
  ["Scopes", codes(api.scopes, "none")],
])}`;
}

function userEntry(user: DevelopmentUser): Html {
  return html`<h3>${user.name ?? user.email}</h3>
${facts([
  ["E-mail", code(user.email)],
  ["Password", user.seededPassword === undefined ? null : code(user.seededPassword)],
  ["Subject", code(user.id)],
  [
    "Belongs to",
    user.memberships.length > 0
      ? html`<ul class="lines">${user.memberships.map(({ name, roles }) => html`<li>${name}${roles.length > 0 ? html` as ${codes(roles, "")}` : ""}</li>`)}</ul>`
      : html`<span class="none">no organization</span>`,
  ],
])}`;
}

function organizationEntry(organization: Organization): Html {
  return html`<h3>${organization.name}</h3>
${facts([["Code", code(organization.code)]])}`;
}

function roleEntry(role: Role): Html {
  return html`<h3>${role.name}</h3>
${facts([
  ["Key", code(role.key)],
  ["Permissions", codes(role.permissions, "none")],
])}`;
}

function permissionEntry(permission: Permission): Html {
  return html`<h3>${code(permission.key)}</h3>
${permission.description ? html`<p class="hint">${permission.description}</p>` : ""}`;
}

function flagEntry(flag: Flag): Html {
  return html`<h3>${code(flag.key)}</h3>
${flag.description ? html`<p class="hint">${flag.description}</p>` : ""}
${facts([
  ["Type", html`${flag.type}`],
  ["Value", code(JSON.stringify(flag.value))],
])}`;
}
