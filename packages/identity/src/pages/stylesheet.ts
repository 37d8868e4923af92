import { colours } from "./stylesheet-colours.ts";
import { developmentStyles } from "./stylesheet-development.ts";

const base = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh;
  background: var(--backdrop); color: var(--text);
  font: 400 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  -webkit-font-smoothing: antialiased;
}
h1, h2, h3, p, ul, dl, dd { margin: 0; }
ul { padding: 0; list-style: none; }
h1 { font-size: 1.625rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; text-wrap: balance; }
p, h1, h2, h3, li, dd { overflow-wrap: anywhere; }
a { color: var(--accent-text); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
code { font: 500 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
`;

const stage = `
.stage { width: 100%; max-width: 29rem; margin: 0 auto; padding: clamp(1.5rem, 9vh, 6rem) 1.25rem 3rem; }
.brand { display: flex; align-items: center; justify-content: center; gap: 0.75rem; margin-bottom: 1.75rem; font-weight: 600; font-size: 1.0625rem; }
.brand-name { min-width: 0; }
.monogram {
  flex: none; display: grid; place-items: center; width: 2.25rem; height: 2.25rem; border-radius: 0.625rem;
  background: var(--accent); color: var(--on-accent); font-weight: 650; font-size: 1.0625rem; line-height: 1;
}
.card {
  padding: 2.5rem; border: 1px solid var(--line); border-radius: 1.25rem; background: var(--surface);
  box-shadow: var(--shadow);
}
.lead { margin-top: 0.5rem; color: var(--muted); }
.lead strong { color: var(--text); font-weight: 600; }
.fix { margin-top: 1rem; padding: 0.875rem 1rem; border-radius: 0.75rem; background: var(--sunken); }
.aside { margin-top: 1.5rem; color: var(--muted); text-align: center; font-size: 0.9375rem; }
.aside a { font-weight: 550; }
.detail { text-align: left; font-size: 0.8125rem; }
@media (max-width: 30rem) {
  body:not(.wide) { background: var(--surface); }
  .stage { padding: 2rem 1.5rem; }
  .brand { justify-content: flex-start; margin-bottom: 2rem; }
  .card { padding: 0; border: 0; border-radius: 0; box-shadow: none; }
}
`;

const forms = `
form { margin-top: 1.75rem; }
.field + .field, .pair + .field { margin-top: 1.25rem; }
.pair { display: grid; gap: 1.25rem 1rem; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); align-items: start; }
.pair .field + .field { margin-top: 0; }
label { display: block; margin-bottom: 0.375rem; font-size: 0.9375rem; font-weight: 550; }
.optional { color: var(--muted); font-weight: 400; }
input:not([type="hidden"]) {
  display: block; width: 100%; min-height: 2.875rem; padding: 0.5rem 0.875rem; appearance: none;
  border: 1px solid var(--control-line); border-radius: 0.625rem; background: var(--field); color: var(--text);
  font: inherit; transition: border-color 120ms, box-shadow 120ms;
}
input[readonly] { background: var(--sunken); color: var(--muted); }
input:not([type="hidden"]):hover { border-color: var(--muted); }
input:not([type="hidden"]):focus-visible { outline: 3px solid var(--focus); outline-offset: 0; border-color: var(--accent-text); border-radius: 0.625rem; }
.invalid input:not([type="hidden"]) { border-color: var(--danger); }
input:-webkit-autofill { -webkit-text-fill-color: var(--text); box-shadow: inset 0 0 0 100px var(--autofill); }
.part { margin-top: 1.75rem; font-size: 1.0625rem; font-weight: 600; }
.hint { margin-top: 0.5rem; color: var(--muted); font-size: 0.875rem; }
.field-error { margin-top: 0.5rem; color: var(--danger); font-size: 0.9375rem; font-weight: 500; }
.alert {
  margin-top: 1.5rem; padding: 0.875rem 1rem; border: 1px solid var(--danger-line); border-radius: 0.75rem;
  background: var(--danger-surface); font-size: 0.9375rem;
}
.alert ul { margin: 0.25rem 0 0 1.125rem; list-style: disc; }
.alert a { color: inherit; font-weight: 550; }
.actions { display: grid; gap: 0.75rem; margin-top: 1.75rem; }
button, .button {
  display: flex; align-items: center; justify-content: center; width: 100%; min-height: 2.875rem; padding: 0.5rem 1.25rem;
  border: 1px solid transparent; border-radius: 0.625rem; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; transition: background 120ms;
}
button:hover, .button:hover { background: var(--accent-strong); }
button:focus-visible, .button:focus-visible { border-radius: 0.625rem; }
button.quiet { background: transparent; border-color: var(--control-line); color: var(--text); }
button.quiet:hover { background: var(--sunken); }
.choices { display: grid; gap: 0.625rem; }
button.choice { justify-content: flex-start; gap: 0.875rem; padding: 0.75rem 0.875rem; background: transparent; border-color: var(--line); color: var(--text); text-align: left; }
button.choice:hover { border-color: var(--accent-text); background: var(--sunken); }
.choice-name { min-width: 0; overflow-wrap: anywhere; }
.choice .monogram { background: var(--tint); color: var(--accent-text); }
.scopes { margin-top: 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; }
.scopes li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 1rem; justify-content: space-between; padding: 0.75rem 1rem; }
.scopes li + li { border-top: 1px solid var(--line); }
.scopes code { color: var(--muted); }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) { .monogram, button, .button, .card { border: 1px solid; } }
`;

/** The stylesheet of all pages: light and dark, from 320 pixels upwards, with nothing fetched from elsewhere. */
export const stylesheet: string = colours + base + stage + forms + developmentStyles;
