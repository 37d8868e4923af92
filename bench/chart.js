// The chart of the manual: bars drawn by hand, readable on light and dark pages, on screens and on paper.
const WIDTH = 760;
const ROW = 26;
const LABEL = 250;
const VALUE = 50;
const TOP = 64;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * @param {readonly { name: string, ratio: number }[]} results of whole verifications; the longest bar is the largest ratio or 1
 * @returns {string} SVG
 */
export function chart(results) {
  const rows = results.filter(({ name }) => !name.startsWith("LIMIT")).toSorted((a, b) => b.ratio - a.ratio);
  const space = WIDTH - LABEL - VALUE;
  const height = TOP + rows.length * ROW + 16;
  const bars = rows.map(({ name, ratio }, index) => {
    const y = TOP + index * ROW;
    const width = Math.max(2, Math.min(1, ratio) * space);
    const own = name.startsWith("Hallpass");
    return `  <text class="label${own ? " own" : ""}" x="${LABEL - 10}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>
  <rect class="${own ? "bar-own" : "bar"}" x="${LABEL}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 9}" rx="3"/>
  <text class="value" x="${(LABEL + width + 8).toFixed(1)}" y="${y + 15}">${ratio.toFixed(2)}</text>`;
  });
  const limit = LABEL + space;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
  <title id="title">Verifying an access token: speed compared with the signature alone</title>
  <desc id="description">${escaped(rows.map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`).join("; "))}</desc>
  <style>
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
    .head { font-size: 16px; font-weight: 600; }
    .own { font-weight: 600; }
    .value, .note { fill: #57606a; font-size: 12px; }
    .bar { fill: #8c959f; } .bar-own { fill: #0969da; } .limit { stroke: #57606a; stroke-dasharray: 3 3; }
    .page { fill: #ffffff; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .value, .note { fill: #9198a1; }
      .bar { fill: #6e7681; } .bar-own { fill: #4493f8; } .limit { stroke: #9198a1; } .page { fill: #0d1117; }
    }
  </style>
  <rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
  <text class="head" x="16" y="26">Verifying an access token</text>
  <text class="note" x="16" y="46">every check, no cache, a new token each time; 1 = the RS256 signature alone, on one core</text>
  <line class="limit" x1="${limit}" x2="${limit}" y1="${TOP - 8}" y2="${height - 12}"/>
${bars.join("\n")}
</svg>
`;
}
