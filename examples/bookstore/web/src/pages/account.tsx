import { useAuth } from "@hallpass/react";
import { branchName } from "../../../branches.ts";
import { useMe } from "../auth/me.ts";
import { useSwitchBranch } from "../auth/switch-branch.ts";
import { Avatar } from "../layout/avatar.tsx";
import { Page } from "../layout/page.tsx";

export function AccountPage() {
  const me = useMe();
  const { logout, getPermissions, getRoles, getStringFlag, getBooleanFlag } = useAuth();
  const permissions = getPermissions().permissions;
  const roles = getRoles();
  return (
    <Page
      title="Your account"
      lede="Everything here is read from your tokens; no request was made to show it."
    >
      <div className="account">
        <section className="card" aria-labelledby="who">
          <h2 id="who">You</h2>
          <div className="profile">
            <Avatar name={me.name} picture={me.picture} />
            <div>
              <b>{me.name}</b>
              <span className="soft">{me.email}</span>
            </div>
          </div>
          <button
            type="button"
            className="button plain slim"
            style={{ marginTop: "1.25rem" }}
            onClick={() => logout()}
          >
            Sign out
          </button>
        </section>

        <section className="card" aria-labelledby="branches">
          <h2 id="branches">{me.organizations.length > 1 ? "Your branches" : "Your branch"}</h2>
          <BranchList />
        </section>

        <section className="card" aria-labelledby="rights">
          <h2 id="rights">What you may do</h2>
          <dl className="facts">
            <div>
              <dt>Roles</dt>
              <dd className="chips">
                {roles.length === 0 && "none"}
                {roles.map((role) => (
                  <span key={role.key} className="chip">
                    {role.name ?? role.key}
                  </span>
                ))}
              </dd>
            </div>
            <div>
              <dt>Permissions</dt>
              <dd className="chips">
                {permissions.length === 0 && "none beyond reading the shelf"}
                {permissions.map((permission) => (
                  <span key={permission} className="chip mono">
                    {permission}
                  </span>
                ))}
              </dd>
            </div>
            <div>
              <dt>
                Flag <code>theme</code>
              </dt>
              <dd>{getStringFlag("theme", "paper")}</dd>
            </div>
            <div>
              <dt>
                Flag <code>staff_picks</code>
              </dt>
              <dd>{getBooleanFlag("staff_picks", false) ? "on" : "off"}</dd>
            </div>
          </dl>
        </section>
      </div>
    </Page>
  );
}

function BranchList() {
  const me = useMe();
  const switchBranch = useSwitchBranch();
  if (me.organizations.length === 0) return <p className="soft">You belong to no branch yet.</p>;
  return (
    <ul className="branch-list">
      {me.organizations.map((code) => (
        <li key={code} data-here={code === me.organization}>
          <span className="where">
            <b>{branchName(code)}</b>
            <code className="soft">{code}</code>
          </span>
          {code === me.organization ? (
            <span className="small">You are here</span>
          ) : (
            <button type="button" className="button plain slim" onClick={() => switchBranch(code)}>
              Switch<span className="visually-hidden"> to {branchName(code)}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
