/** The two palettes. Text has a contrast of at least 4.5 to 1 on what it stands on, borders of controls 3 to 1. */
export const colours = `
:root {
  color-scheme: light dark;
  --backdrop: #f4f5f8; --surface: #fff; --sunken: #f4f5f8; --field: #fff; --autofill: #eef1ff;
  --text: #171a21; --muted: #5a6170; --line: #e3e6ec; --control-line: #868d9b;
  --accent: #3b4fd8; --accent-strong: #2e3fb5; --on-accent: #fff; --accent-text: #3346c9; --tint: #e8ebfd;
  --focus: rgb(59 79 216 / 45%);
  --danger: #b3261e; --danger-line: #f0c4c0; --danger-surface: #fdf1f0;
  --shadow: 0 1px 2px rgb(23 26 33 / 4%), 0 12px 40px -12px rgb(23 26 33 / 12%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --backdrop: #0f1115; --surface: #181b21; --sunken: #21252d; --field: #12151a; --autofill: #232a45;
    --text: #eceef3; --muted: #a3abba; --line: #2b303a; --control-line: #717a8b;
    --accent: #5468ee; --accent-strong: #4a5ee0; --on-accent: #fff; --accent-text: #a3b1ff; --tint: #262d4d;
    --focus: rgb(142 158 255 / 60%);
    --danger: #ff9e96; --danger-line: #5d2b28; --danger-surface: #2c1a1a;
    --shadow: 0 12px 40px -12px rgb(0 0 0 / 60%);
  }
}
`;
