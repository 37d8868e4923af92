import { findApplication } from "../access/index.ts";
import { homeOf, originsOf } from "../provider/client-registration.ts";
import type { RouteAnswer } from "../provider/token-routes.ts";
import type { FaceRoutesOptions } from "./face.ts";
import { refusal } from "./refusal.ts";

/** Both names under which Kinde's SDKs send the part of the portal to open. */
export const SUBNAV = ["subnav", "sub_nav"] as const;

const PARTS = [
  "profile",
  "organization_details",
  "organization_members",
  "organization_plan_details",
  "organization_payment_details",
  "organization_plan_selection",
  "payment_details",
  "plan_selection",
  "plan_details",
];

/** The address of the bearer's account page, with the way back to the application. */
export async function portalLink(
  { db, address }: Pick<FaceRoutesOptions, "db" | "address">,
  clientId: string,
  { subnav = "profile", returnUrl }: { subnav: string | undefined; returnUrl: string | undefined },
): Promise<RouteAnswer> {
  if (!PARTS.includes(subnav)) {
    return refusal(400, "invalid_request", `subnav is one of ${PARTS.join(", ")}`);
  }
  const application = await findApplication(db, clientId);
  if (!application) return refusal(401, "invalid_token", "the application of the token is gone");
  if (returnUrl !== undefined && !originsOf(application).includes(URL.parse(returnUrl)?.origin ?? "")) {
    return refusal(
      400,
      "invalid_request",
      "return_url is not at an origin that one of the application's redirect URIs has",
    );
  }
  const url = new URL("/account", address);
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("subnav", subnav);
  const back = returnUrl ?? homeOf(application);
  if (back !== undefined) url.searchParams.set("return_url", back);
  return { body: { url: url.href } };
}
