// crypt(3)'s `$5$` and `$6$`: rounds of SHA-256 or SHA-512, as Ulrich Drepper's "Unix crypt using
// SHA-256 and SHA-512" has them.

import { hash } from "node:crypto";
import { writeOctets } from "./alphabet.ts";

export type ShaKind = "sha256" | "sha512";

const order: Readonly<Record<ShaKind, readonly (readonly number[])[]>> = {
  sha256: [...turning(10, [0, 10, 20], [2, 0, 1]), [31, 30]],
  sha512: [...turning(21, [0, 21, 42], [1, 2, 0]), [63]],
};

/** Groups of three octets, each one higher than those of the group before and turned round once. */
function turning(
  count: number,
  first: readonly number[],
  turn: readonly number[],
): readonly (readonly number[])[] {
  const groups = [first];
  while (groups.length < count) {
    const last = groups.at(-1) ?? first;
    groups.push(turn.map((from) => (last[from] ?? 0) + 1));
  }
  return groups;
}

/** The characters behind the salt's `$`; the time it takes grows with `rounds`. */
export function shaCrypt(
  kind: ShaKind,
  { password, salt, rounds }: { password: Uint8Array; salt: Uint8Array; rounds: number },
): string {
  const digestOf = (input: Uint8Array): Buffer => hash(kind, input, "buffer");
  let digest = digestOf(firstInput(password, salt, digestOf));
  const p = Buffer.alloc(password.length, digestOf(Buffer.alloc(password.length ** 2, password)));
  const saltRepeated = Buffer.concat(Array.from({ length: 16 + (digest[0] ?? 0) }, () => salt));
  const s = Buffer.alloc(salt.length, digestOf(saltRepeated));
  const input = Buffer.alloc(digest.length + 2 * p.length + s.length);
  for (let round = 0; round < rounds; round++) {
    let end = 0;
    const add = (octets: Uint8Array): void => {
      input.set(octets, end);
      end += octets.length;
    };
    add(round % 2 === 1 ? p : digest);
    if (round % 3 !== 0) add(s);
    if (round % 7 !== 0) add(p);
    add(round % 2 === 1 ? digest : p);
    digest = digestOf(input.subarray(0, end));
  }
  return writeOctets(digest, order[kind]);
}

function firstInput(
  password: Uint8Array,
  salt: Uint8Array,
  digestOf: (input: Uint8Array) => Buffer,
): Uint8Array {
  const inner = digestOf(Buffer.concat([password, salt, password]));
  const bits: Uint8Array[] = [];
  for (let rest = password.length; rest > 0; rest >>= 1) {
    bits.push(rest % 2 === 1 ? inner : password);
  }
  return Buffer.concat([password, salt, Buffer.alloc(password.length, inner), ...bits]);
}
