/** What only the development page needs. */
export const developmentStyles = `
.wide .masthead, .wide .sections { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1.25rem, 4vw, 3rem); }
.wide .masthead { padding-top: clamp(1.75rem, 5vw, 3.5rem); }
.wide .masthead .lead { max-width: 40rem; }
.wide .brand { justify-content: flex-start; }
.wide .masthead .facts { margin-top: 1.5rem; }
.badge { padding: 0.125rem 0.625rem; border-radius: 1rem; background: var(--tint); color: var(--accent-text); font-size: 0.8125rem; font-weight: 600; }
.wide .sections { padding-bottom: 4rem; }
.wide section { margin-top: 2.5rem; }
.wide h2 { display: flex; align-items: baseline; gap: 0.5rem; margin-bottom: 0.875rem; font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
.wide h3 { font-size: 1rem; font-weight: 600; }
.count { color: var(--muted); font-weight: 400; font-size: 0.9375rem; }
.kind { margin-left: 0.375rem; color: var(--muted); font-weight: 400; font-size: 0.875rem; }
.entries { display: grid; gap: 0.875rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); }
.entry { min-width: 0; padding: 1.125rem 1.25rem; border: 1px solid var(--line); border-radius: 0.875rem; background: var(--surface); }
.entry .hint { margin-top: 0.25rem; }
.facts { display: grid; gap: 0.375rem; font-size: 0.9375rem; }
.entry .facts { margin-top: 0.625rem; }
.facts > div { display: grid; grid-template-columns: 6.75rem minmax(0, 1fr); gap: 0.75rem; }
.facts dt { color: var(--muted); }
.chips { display: flex; flex-wrap: wrap; gap: 0.375rem; }
.chips code { padding: 0 0.5rem; border-radius: 0.375rem; background: var(--tint); color: var(--accent-text); }
.lines .chips { display: inline-flex; }
.wide .compact { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.lines li + li { margin-top: 0.125rem; }
.none, .empty { color: var(--muted); }
.empty { padding: 1.125rem 1.25rem; border: 1px dashed var(--line); border-radius: 0.875rem; }
`;
