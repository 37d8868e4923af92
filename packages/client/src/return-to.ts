/**
 * Where to go after sign-in: a path on this origin, and nothing else. Browsers drop tabs and line breaks and read
 * `\` as `/`, so `/\evil.example` and `/<tab>/evil.example` are addresses of another host. `/..//evil.example` is not,
 * but it is shown as the path `//evil.example`, which a router that follows it again takes for one.
 *
 * @returns `path` if it is safe, otherwise `/`.
 */
export function safeReturnTo(path: unknown): string {
  return typeof path === "string" &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it must refuse
    /^\/(?!\/)[^\\\x00-\x1f\x7f]*$/.test(path) &&
    !new URL(path, "https://a").pathname.startsWith("//")
    ? path
    : "/";
}
