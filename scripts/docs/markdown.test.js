// @ts-check
import { describe, expect, it } from "vitest";
import { howToRun } from "./documents.js";
import { anchors, fences, localLinks } from "./markdown.js";
import { commandLines, filesIn, npmScript, ourCommand } from "./shell.js";

const text = `# One, two & \`three\`

See [the manual](docs/manual.md#start "title") and ![a picture](a.png), not [this](https://example.com).

<!-- run: express POST /books {"title":"Emma"} -->
\`\`\`ts
const one = 1;
\`\`\`

- in a list

  \`\`\`sh
  npm run build && npx hallpass token --user ada@example.com  # a comment
  FOO=1 hallpass users list --json | cat packages/tokens/README.md
  \`\`\`

~~~ts
[no](link.md)
~~~

## One, two & three
`;

const [typescript, shell, tilde] = fences("a.md", text);

describe("a document", () => {
  it("gives its code fences with their lines and the comment before them", () => {
    expect(typescript).toEqual({
      file: "a.md",
      line: 7,
      language: "ts",
      code: "const one = 1;",
      directive: 'run: express POST /books {"title":"Emma"}',
    });
    expect(shell?.code.startsWith("npm run build")).toBe(true);
    expect(tilde).toMatchObject({ line: 18, code: "[no](link.md)" });
    expect(tilde).not.toHaveProperty("directive");
  });

  it("gives its links into the repository, but not those of code", () => {
    expect(localLinks(text)).toEqual([
      { target: "docs/manual.md#start", line: 3 },
      { target: "a.png", line: 3 },
    ]);
  });

  it("has the anchors that GitHub gives its headings", () => {
    expect([...anchors(text)]).toEqual(["one-two--three", "one-two--three-1"]);
  });
});

describe("the comment before a snippet", () => {
  const how = (/** @type {string} */ directive) =>
    howToRun({ file: "a.md", line: 7, language: "ts", code: "", directive });

  it("says how the snippet is run", () => {
    expect(how("run")).toEqual({ kind: "script" });
    expect(how("run: react")).toEqual({ kind: "react" });
    expect(how("run: fastify")).toEqual({ kind: "server", method: "GET", path: "/books" });
    expect(how('run: express POST /books {"title":"Emma"}')).toEqual({
      kind: "server",
      method: "POST",
      path: "/books",
      body: '{"title":"Emma"}',
    });
    expect(how("prettier-ignore")).toBeUndefined();
  });

  it("is refused with its place where it is not understood", () => {
    expect(() => how("run: cobol")).toThrow('a.md:7: "run: cobol" is not understood');
  });
});

describe("shell commands in a document", () => {
  const lines = shell ? commandLines(shell) : [];

  it("are taken apart", () => {
    expect(lines.map(({ words, line }) => [line, words[0]])).toEqual([
      [13, "npm"],
      [13, "npx"],
      [14, "hallpass"],
      [14, "cat"],
    ]);
  });

  it("name scripts, commands with options, and files", () => {
    expect(lines.map(({ words }) => npmScript(words))).toEqual(["build", undefined, undefined, undefined]);
    expect(ourCommand(lines[1]?.words ?? [])).toEqual({ command: ["token"], options: ["--user"] });
    expect(ourCommand(lines[2]?.words ?? [])).toEqual({ command: ["users", "list"], options: ["--json"] });
    expect(filesIn(lines[3]?.words ?? [])).toEqual(["packages/tokens/README.md"]);
  });
});
