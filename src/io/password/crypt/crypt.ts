// crypt(3): which of its kinds a hash is, and what a password becomes with that hash's salt.

import { desCrypt } from "./des.ts";
import { md5Crypt } from "./md5.ts";
import { shaCrypt } from "./sha.ts";

/** A hash that crypt(3) wrote, taken apart. */
export type CryptHash =
  | { readonly kind: "des-crypt"; readonly salt: string; readonly result: string }
  | { readonly kind: "md5-crypt"; readonly salt: string; readonly result: string }
  | {
      readonly kind: "sha256-crypt" | "sha512-crypt";
      readonly rounds: number;
      readonly salt: string;
      readonly result: string;
    };

/** Octets that a password may have; crypt(3) refuses longer ones too (libxcrypt, CRYPT_MAX_PASSPHRASE_SIZE). */
export const longestPassword = 511;

/** Where no `rounds=` is written. */
const usualRounds = 5000;

const des = /^(?<salt>[./0-9A-Za-z]{2})(?<result>[./0-9A-Za-z]{11})$/;
// A salt may hold more than the alphabet's characters; no `$`, and nothing that would not go into a
// line of a password file.
const md5 = /^\$1\$(?<salt>[^$:\s\0]{0,8})\$(?<result>[./0-9A-Za-z]{22})$/;
// Below 1,000 rounds nothing is written, nor above 999,999,999.
const sha =
  /^\$(?<kind>[56])\$(?:rounds=(?<rounds>[1-9][0-9]{3,8})\$)?(?!rounds=)(?<salt>[^$:\s\0]{0,16})\$(?<result>[./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/;

/** Undefined for what is not a hash of one of these kinds, whole and with nothing behind it. */
export function readCryptHash(text: string): CryptHash | undefined {
  const forDes = des.exec(text)?.groups;
  if (forDes) return { kind: "des-crypt", ...saltAndResult(forDes) };
  const forMd5 = md5.exec(text)?.groups;
  if (forMd5) return { kind: "md5-crypt", ...saltAndResult(forMd5) };
  const forSha = sha.exec(text)?.groups;
  if (forSha === undefined) return undefined;
  const { salt, result } = saltAndResult(forSha);
  const kind = forSha["kind"] === "5" ? "sha256-crypt" : "sha512-crypt";
  if (result.length !== (kind === "sha256-crypt" ? 43 : 86)) return undefined;
  return { kind, rounds: Number(forSha["rounds"] ?? usualRounds), salt, result };
}

function saltAndResult({ salt = "", result = "" }: Readonly<Record<string, string | undefined>>) {
  return { salt, result };
}

/** What `result` would be for this password. It blocks: milliseconds for 5,000 rounds, seconds for a
 * million. A password longer than `longestPassword` is not for this function. */
export function crypt(password: Uint8Array, hash: CryptHash): string {
  const salt = Buffer.from(hash.salt, "latin1");
  switch (hash.kind) {
    case "des-crypt":
      return desCrypt(password, hash.salt);
    case "md5-crypt":
      return md5Crypt(password, salt);
    case "sha256-crypt":
      return shaCrypt("sha256", { password, salt, rounds: hash.rounds });
    case "sha512-crypt":
      return shaCrypt("sha512", { password, salt, rounds: hash.rounds });
  }
}
