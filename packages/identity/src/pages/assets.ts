import { icon } from "./icon.ts";
import { stylesheet } from "./stylesheet.ts";

/** A file that the pages need, to be served under its path. */
export interface Asset {
  path: string;
  contentType: string;
  body: string;
}

/** Everything the pages load, all from the server that sends them. */
export const assets: readonly Asset[] = [
  { path: "/assets/hallpass.css", contentType: "text/css; charset=utf-8", body: stylesheet },
  { path: "/assets/hallpass.svg", contentType: "image/svg+xml; charset=utf-8", body: icon },
];
