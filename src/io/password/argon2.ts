// Argon2 in the PHC string format (RFC 9106): `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.

import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const argon2Async = promisify(argon2);

export interface Argon2Hash {
  readonly kind: "argon2i" | "argon2id";
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const shape =
  /^\$(?<kind>argon2id?)\$v=19\$m=(?<memory>[1-9][0-9]{0,9}),t=(?<passes>[1-9][0-9]{0,9}),p=(?<parallelism>[1-9][0-9]{0,2})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<tag>[A-Za-z0-9+/]{6,86})$/;

/** Undefined for what is not a hash of this kind. */
export function readArgon2Hash(text: string): Argon2Hash | undefined {
  const found = shape.exec(text)?.groups;
  if (found === undefined) return undefined;
  const [memory, passes, parallelism] = [
    Number(found["memory"]),
    Number(found["passes"]),
    Number(found["parallelism"]),
  ];
  const salt = Buffer.from(found["salt"] ?? "", "base64");
  const tag = Buffer.from(found["tag"] ?? "", "base64");
  if (memory < 8 * parallelism || salt.length < 8) return undefined;
  const kind = found["kind"] === "argon2i" ? "argon2i" : "argon2id";
  return { kind, memory, passes, parallelism, salt, tag };
}

/** Whether the password is the hash's; the work is done in Node's thread pool. */
export async function matchesArgon2(password: Uint8Array, hash: Argon2Hash): Promise<boolean> {
  const { kind, memory, passes, parallelism, salt, tag } = hash;
  const found = await argon2Async(kind, {
    message: normal(password),
    nonce: salt,
    tagLength: tag.length,
    memory,
    passes,
    parallelism,
  });
  return timingSafeEqual(found, tag);
}

/** Our own hashes are of the password's NFC form; what is not UTF-8 has no other form. */
function normal(password: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(password)
      .normalize("NFC");
  } catch {
    return password;
  }
}
