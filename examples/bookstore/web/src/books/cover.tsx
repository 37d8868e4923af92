import type { CSSProperties, ReactNode } from "react";

interface CoverProps {
  title: string;
  author: string;
}

/** Ground, art and print of a jacket: print on ground always has a contrast of 4.5 or more. */
const inks = [
  ["#1f3a4d", "#d8913f", "#f8efe0"],
  ["#efe3cc", "#b5452c", "#2b2320"],
  ["#5b2333", "#c98a8f", "#fbeee9"],
  ["#27453a", "#a9b665", "#f3f0dc"],
  ["#e2b646", "#274060", "#1d2433"],
  ["#2f2a4a", "#7f7ac0", "#f0ecfa"],
  ["#c9d8d3", "#2f6f73", "#173034"],
  ["#84331f", "#eab27a", "#fdf0e3"],
] as const;

const dots = Array.from({ length: 24 }, (_, n) => ({
  x: 14 + (n % 6) * 14.4,
  y: 90 + Math.floor(n / 6) * 15,
  r: 1.6 + ((n * 7) % 5),
}));

const art: readonly ReactNode[] = [
  <g key="sun">
    <circle cx="64" cy="105" r="23" />
    <path d="M0 128h100v22H0z" opacity=".55" />
  </g>,
  <g key="waves" fill="none" stroke="var(--art)" strokeWidth="3.500">
    {[88, 99, 110, 121, 132, 143].map((y) => (
      <path key={y} d={`M-5 ${y}q12.500-11 25 0t25 0 25 0 25 0 25 0`} />
    ))}
  </g>,
  <g key="arches">
    {[0, 1, 2].map((n) => (
      <path
        key={n}
        opacity={1 - n * 0.28}
        d={`M${14 + n * 12} 150v-${34 - n * 6}a${36 - n * 12} ${36 - n * 12} 0 0 1 ${72 - n * 24} 0v${34 - n * 6}z`}
      />
    ))}
  </g>,
  <g key="field">
    {dots.map(({ x, y, r }) => (
      <circle key={`${x},${y}`} cx={x} cy={y} r={r} />
    ))}
  </g>,
  <g key="peaks">
    <path d="M0 150 34 84l26 42 16-24 24 48z" />
    <path d="M34 84 46 104l-12 8-11-7z" fill="var(--print)" opacity=".5" />
  </g>,
  <g key="leaf" fill="none" stroke="var(--art)" strokeWidth="3">
    <path d="M50 148V80" />
    {[0, 1, 2, 3].map((n) => (
      <path
        key={n}
        d={`M50 ${140 - n * 15}q-22-2-26-20q22 0 26 20q4-20 26-20q-4 18-26 20`}
        fill="var(--art)"
        opacity={0.5 + n * 0.15}
      />
    ))}
  </g>,
];

/** A jacket drawn from the title, so that the same book always looks the same. Purely decoration. */
export function Cover({ title, author }: CoverProps) {
  const seed = hash(`${title}/${author}`);
  const [ground, artInk, print] = inks[seed % inks.length] ?? inks[0];
  const style = {
    "--ground": ground,
    "--art": artInk,
    "--print": print,
    "--title-size": `${titleSize(title)}cqi`,
  } as CSSProperties;
  return (
    <span className="cover" style={style} aria-hidden="true">
      <svg viewBox="0 0 100 150" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
        {art[(seed >>> 8) % art.length]}
      </svg>
      <span className="label">
        <b>{title || "Untitled"}</b>
        <i>{author || "Anonymous"}</i>
      </span>
    </span>
  );
}

/** Percent of the jacket's width, so that the longest word of the title still fits on a line. */
function titleSize(title: string): number {
  const longest = Math.max(1, ...title.split(/[\s-]/u).map((word) => word.length));
  return Math.max(7, Math.min(15, 77 / (0.6 * longest)));
}

/** FNV-1a, 32 bits, with the last mixing step of MurmurHash3: its low bits alone are too much alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
