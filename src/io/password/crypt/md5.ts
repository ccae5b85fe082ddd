// crypt(3)'s `$1$`: 1,000 rounds of MD5, by Poul-Henning Kamp for FreeBSD (1994). vpopmail wrote
// nothing else for many years.

import { hash } from "node:crypto";
import { writeOctets } from "./alphabet.ts";

const rounds = 1000;

const order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

/** The 22 characters behind `$1$salt$`. */
export function md5Crypt(password: Uint8Array, salt: Uint8Array): string {
  let digest = md5(firstInput(password, salt));
  for (let round = 0; round < rounds; round++) {
    digest = md5(
      Buffer.concat([
        round % 2 === 1 ? password : digest,
        round % 3 === 0 ? nothing : salt,
        round % 7 === 0 ? nothing : password,
        round % 2 === 1 ? digest : password,
      ]),
    );
  }
  return writeOctets(digest, order);
}

const nothing = new Uint8Array(0);

function firstInput(password: Uint8Array, salt: Uint8Array): Uint8Array {
  const inner = md5(Buffer.concat([password, salt, password]));
  const stretched = Buffer.alloc(password.length, inner);
  // For each bit of the length: NUL where it is set, the password's first octet where it is not.
  const bits: number[] = [];
  for (let rest = password.length; rest > 0; rest >>= 1) {
    bits.push(rest % 2 === 1 ? 0 : (password[0] ?? 0));
  }
  return Buffer.concat([password, Buffer.from("$1$"), salt, stretched, Uint8Array.from(bits)]);
}

function md5(input: Uint8Array): Buffer {
  return hash("md5", input, "buffer");
}
