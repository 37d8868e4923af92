import { only } from "../provider/authorization-request.ts";
import type { RouteAnswer } from "../provider/token-routes.ts";
import { refusal } from "./refusal.ts";

const LARGEST_PAGE = 100;

/** Names of the parameters that choose a page. */
export const PAGE_PARAMETERS = ["starting_after", "page_size"] as const;

export interface ListPage<Item> {
  items: Item[];
  metadata: { has_more: boolean; next_page_starting_after: string | null };
}

/**
 * One page of a list, after the item that `starting_after` names. Items are in the order of their keys, so that a page
 * goes on where the last one ended even when its last item is gone.
 *
 * @returns a refusal when `page_size` is not a number from 1 to 100.
 */
export function listPage<Item extends { key: string }>(
  all: readonly Item[],
  query: URLSearchParams,
): ListPage<Item> | RouteAnswer {
  const size = only(query, "page_size") || String(LARGEST_PAGE);
  if (!/^\d{1,3}$/.test(size) || Number(size) < 1 || Number(size) > LARGEST_PAGE) {
    return refusal(400, "invalid_request", `page_size is a whole number from 1 to ${LARGEST_PAGE}`);
  }
  const after = only(query, "starting_after") || "";
  const rest = [...all].sort((one, other) => (one.key < other.key ? -1 : 1)).filter(({ key }) => key > after);
  const items = rest.slice(0, Number(size));
  const more = rest.length > items.length;
  return {
    items,
    metadata: { has_more: more, next_page_starting_after: more ? (items.at(-1)?.key ?? null) : null },
  };
}
