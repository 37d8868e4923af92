import type { FastifyInstance } from "fastify";
import { type Access, accessOf, listFlags, listPermissions, propertiesOf } from "../access/index.ts";
import type { Database } from "../database/index.ts";
import { only } from "../provider/authorization-request.ts";
import type { Bearer, RouteAnswer, RouteRequest } from "../provider/token-routes.ts";
import type { FaceRoutesOptions } from "./face.ts";
import { listPage, PAGE_PARAMETERS } from "./list-page.ts";
import { portalLink, SUBNAV } from "./portal-link.ts";
import { refusal } from "./refusal.ts";

const PREFIX = "/account_api/v1";

/** What a key that nothing here has may look like, to be repeated in an answer. */
const PLAIN_KEY = /^[\w.~:@*+-]{1,100}$/;

/**
 * Kinde's Account API: what its SDKs ask the server for instead of reading it from a token. It answers for the bearer
 * of a user's access token, in the organization of that token, with what is true now.
 */
export function registerAccountApi(server: FastifyInstance, options: FaceRoutesOptions): void {
  const { db, tokenRoutes } = options;

  const get = (
    path: string,
    parameters: readonly string[],
    handler: (bearer: Bearer, request: RouteRequest) => Promise<RouteAnswer>,
  ) =>
    tokenRoutes.add(server, {
      path: PREFIX + path,
      methods: ["GET"],
      async handler(bearer, request) {
        const repeated = parameters.find((name) => request.query.getAll(name).length > 1);
        return repeated
          ? refusal(400, "invalid_request", `the parameter ${repeated} is there twice`)
          : await handler(bearer, request);
      },
    });

  /** A list in Kinde's envelope. */
  const list = <Item extends { key: string }>(
    path: string,
    name: string,
    itemsOf: (bearer: Bearer, access: Access) => Promise<Item[]>,
    more: (access: Access) => object = () => ({}),
  ) =>
    get(path, PAGE_PARAMETERS, async (bearer, { query }) => {
      const access = await currentAccess(db, bearer);
      const page = listPage(await itemsOf(bearer, access), query);
      if (!("items" in page)) return page;
      return { body: { data: { ...more(access), [name]: page.items }, metadata: page.metadata } };
    });

  const organization = (access: Access) => ({ org_code: access.organization?.code ?? null });

  list("/permissions", "permissions", (_bearer, access) => permissionsOf(db, access), organization);
  list("/roles", "roles", async (_bearer, { roles }) => roles, organization);
  list("/feature_flags", "feature_flags", async (_bearer, { flags }) =>
    (await listFlags(db)).map(({ key, type }) => ({
      id: key,
      // The SDK looks a flag up by its name and calls that its key.
      name: key,
      key,
      type,
      value: flags[key]?.v ?? null,
    })),
  );
  list("/properties", "properties", async ({ user }, access) =>
    (await propertiesOf(db, { userId: user.id, organizationCode: access.organization?.code })).map(
      ({ key, name, value }) => ({ id: key, name, key, value }),
    ),
  );

  get("/permission/:key", [], async (bearer, { params: { key = "" } }) => {
    if (!PLAIN_KEY.test(key) && !(await listPermissions(db)).some((permission) => permission.key === key)) {
      return refusal(400, "invalid_request", "this is not the key of a permission");
    }
    const access = await currentAccess(db, bearer);
    return {
      body: {
        permissionKey: key,
        orgCode: access.organization?.code ?? null,
        isGranted: access.permissions.includes(key),
      },
    };
  });

  // Plans are not sold here, so nobody is entitled to anything by one.
  get("/entitlements", PAGE_PARAMETERS, async (bearer, { query }) => {
    const page = listPage<{ key: string }>([], query);
    if (!("items" in page)) return page;
    const { org_code } = organization(await currentAccess(db, bearer));
    return { body: { data: { org_code, plans: [], entitlements: page.items }, metadata: page.metadata } };
  });
  const noEntitlement = async () =>
    refusal(404, "not_found", "there is no such entitlement: this server knows of no plans");
  get("/entitlement/:key", [], noEntitlement);
  get("/entitlement", ["key"], noEntitlement);

  get("/portal_link", [...SUBNAV, "return_url"], async ({ token }, { query }) =>
    portalLink(options, token.clientId, {
      subnav: only(query, "subnav") || only(query, "sub_nav") || undefined,
      returnUrl: only(query, "return_url") || undefined,
    }),
  );
}

/** What the bearer may do now, in the organization that their token is for. */
async function currentAccess(db: Database, { token, user }: Bearer): Promise<Access> {
  const { org_code } = token.claims;
  if (typeof org_code === "string")
    return await accessOf(db, { userId: user.id, organizationCode: org_code });
  // A token without an organization stays without one, whatever its bearer has joined since.
  return {
    organization: null,
    permissions: [],
    roles: [],
    flags: (await accessOf(db, { userId: user.id })).flags,
  };
}

async function permissionsOf(db: Database, { permissions }: Access) {
  const all = await listPermissions(db);
  return all
    .filter(({ key }) => permissions.includes(key))
    .map(({ key, description }) => ({ id: key, name: description || key, key }));
}
