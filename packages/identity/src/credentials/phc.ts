/** The parts of an argon2id hash as a PHC string holds them. */
export interface Argon2Hash {
  /** KiB. */
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer;
  hash: Buffer;
}

const FORM =
  /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,171})$/;

const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

/** Writes `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, base64 without padding. */
export function formatPhc({ memory, passes, parallelism, salt, hash }: Argon2Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** @throws Error when the text is not such a hash; the message does not hold it. */
export function parsePhc(text: string): Argon2Hash {
  const [, memory, passes, parallelism, salt, hash] = FORM.exec(text) ?? [];
  if (!salt || !hash) throw new Error("A stored password hash is not an argon2id PHC string (version 19).");
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
