// The bundles that browsers get, min+gzip, React not counted.
const browser = (config) => ({ ...config, platform: "browser", format: "esm" });

/** Counts only what a page loads at once: the entry and what it imports, not what it imports on demand. */
const loadedAtOnce = {
  name: "loaded-at-once",
  setup(build) {
    build.onEnd(({ metafile: { outputs } }) => {
      const needed = new Set();
      const follow = (path) => {
        if (needed.has(path) || outputs[path] === undefined) return;
        needed.add(path);
        for (const { path: imported, kind } of outputs[path].imports) {
          if (kind === "import-statement") follow(imported);
        }
      };
      const onDemand = Object.values(outputs).flatMap(({ imports }) =>
        imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path),
      );
      for (const [path, { entryPoint }] of Object.entries(outputs)) {
        if (entryPoint !== undefined && !onDemand.includes(path)) follow(path);
      }
      for (const path of Object.keys(outputs)) if (!needed.has(path)) delete outputs[path];
    });
  },
};
const split = (config) => ({ ...browser(config), splitting: true, plugins: [loadedAtOnce] });

/**
 * A session has one issuer. How Kinde, Auth0, Hallpass and plain OAuth spell claims is counted; the dialects of other
 * issuers are a file that pages import when their issuer speaks one of them (1 kB more).
 */
const otherDialects = ["@hallpass/tokens/claims/dialects"];

/** Another SDK's names over ours: an entry of its own, which holds all that it needs of ours. */
const layer = (name) => ({ ...react, path: `packages/react/dist/${name}/index.js` });

const react = { path: "packages/react/dist/index.js", ignore: ["react", "react-dom"], gzip: true };

export default [
  // At once: options, and what a signed JWT is. The other checks and the key set come with the first token, the sentences
  // with the first refusal; docs/performance.md has the weight of each.
  {
    name: "@hallpass/tokens in a page, before the first token",
    path: "packages/tokens/dist/index.js",
    import: "{ createVerifier }",
    gzip: true,
    limit: "6 kB",
    modifyEsbuildConfig: split,
  },
  {
    name: "@hallpass/tokens in all, in one file",
    path: "packages/tokens/dist/index.js",
    gzip: true,
    limit: "23.5 kB",
    modifyEsbuildConfig: browser,
  },
  {
    name: "@hallpass/tokens/claims in a browser",
    path: "packages/tokens/dist/claims/index.js",
    gzip: true,
    limit: "4 kB",
    modifyEsbuildConfig: browser,
  },
  {
    name: "@hallpass/react before anyone signs in",
    ...react,
    limit: "6 kB",
    modifyEsbuildConfig: split,
  },
  {
    name: "@hallpass/react in all, for one issuer",
    ...react,
    ignore: [...react.ignore, ...otherDialects],
    limit: "14.5 kB",
    modifyEsbuildConfig: browser,
  },
  {
    name: "@hallpass/react/kinde before anyone signs in",
    ...layer("kinde"),
    limit: "8.5 kB",
    modifyEsbuildConfig: split,
  },
  {
    name: "@hallpass/react/kinde in all, for one issuer",
    ...layer("kinde"),
    ignore: [...react.ignore, ...otherDialects],
    limit: "18.6 kB",
    modifyEsbuildConfig: browser,
  },
  {
    name: "@hallpass/react/auth0 before anyone signs in",
    ...layer("auth0"),
    limit: "6.6 kB",
    modifyEsbuildConfig: split,
  },
  {
    name: "@hallpass/react/auth0 in all, for one issuer",
    ...layer("auth0"),
    ignore: [...react.ignore, ...otherDialects],
    limit: "16.8 kB",
    modifyEsbuildConfig: browser,
  },
];
