/** Changes one character in the middle of a token's signature; everything that it says stays as it was. */
export function flipOneCharacter(jwt: string): string {
  const signatureStart = jwt.lastIndexOf(".") + 1;
  // Not the last character: its low bits are padding, and some changes there change nothing.
  const place = signatureStart + Math.floor((jwt.length - signatureStart) / 2);
  return jwt.slice(0, place) + (jwt[place] === "A" ? "B" : "A") + jwt.slice(place + 1);
}

/** Claims that the token is not signed at all: `alg: none` in the header, and an empty signature (RFC 7519 section 6). */
export function withoutSignature(jwt: string): string {
  const [header = "", payload = ""] = jwt.split(".");
  return `${encode({ ...decodePart(header), alg: "none" })}.${payload}.`;
}

/** The two readable parts of a token, unverified: for showing someone their own. */
export function readToken(jwt: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = "", payload = ""] = jwt.split(".");
  return { header: decodePart(header), claims: decodePart(payload) };
}

function decodePart(part: string): Record<string, unknown> {
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(
    new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))),
  );
}

function encode(value: object): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
