const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes unpadded base64url (RFC 7515 section 2), strictly: foreign characters, padding and unused bits that are set
 * give `undefined`, so that every byte sequence has one spelling.
 */
export function decodeBytes(segment: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(segment)) return undefined;
  let binary: string;
  try {
    binary = atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  if (encode(binary) !== segment) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Decodes base64url that holds UTF-8 text; `undefined` when it is not exactly that. */
export function decodeText(segment: string): string | undefined {
  const bytes = decodeBytes(segment);
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether text is what {@link decodeBytes} decodes. */
export function isBase64url(segment: string): boolean {
  return decodeBytes(segment) !== undefined;
}

function encode(binary: string): string {
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
