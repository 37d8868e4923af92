// @ts-check
// Stands in for react-dom/client: what a snippet renders into the page is rendered to HTML instead.
import { renderToString } from "react-dom/server";

const renderer = {
  /** @param {import("react").ReactNode} element */
  render: (element) => renderToString(element),
  unmount: () => undefined,
};

export const createRoot = () => renderer;
/** @param {unknown} _container @param {import("react").ReactNode} element */
export const hydrateRoot = (_container, element) => {
  renderToString(element);
  return renderer;
};
