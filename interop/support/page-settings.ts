/** What a page of `pages/` finds in `window.settings`. */
export interface PageSettings {
  /** Origin of the identity server. */
  issuer: string;
  clientId: string;
  audience: string;
  /** Whatever else the page's client takes. */
  options: Record<string, unknown>;
}

declare global {
  interface Window {
    settings: PageSettings;
  }
}
