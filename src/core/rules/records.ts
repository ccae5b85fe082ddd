// Rules as the records of a cdb, and back. A key is an address; a value is items that NUL ends: `D`
// for deny, `+NAME=value` for a variable; a bare allow is empty.

import { formatIp, formatPrefix, type Prefix } from "../mail/ip.ts";
import { bad, good, type Result } from "../result.ts";
import { formatBitKey, readBitKey } from "./bit-keys.ts";
import type { CdbRecord } from "./cdb.ts";
import { type Instruction, instruct } from "./instruction.ts";
import { type Pattern, readPattern } from "./pattern.ts";

/** A text whose characters are octets (Latin-1), and the octets. */
export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function textOf(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 8192) {
    text += String.fromCharCode(...octets.subarray(at, at + 8192));
  }
  return text;
}

/** @param address with its ranges written out. Undefined where no client is meant and the key would
 * mean some to a reader of the patched versions. */
export function recordOf(address: string, instruction: Instruction): CdbRecord | undefined {
  if (readBitKey(address) !== undefined) return undefined;
  return { key: octetsOf(keyOf(address)), value: valueOf(instruction) };
}

export function valueOf({ deny, variables }: Instruction): Uint8Array {
  const items = variables.map(({ name, value }) => `+${name}=${value}\0`);
  return octetsOf([...(deny ? ["D\0"] : []), ...items].join(""));
}

/** Addresses are keys as they stand, but for the forms that the patched versions have keys for. */
function keyOf(address: string): string {
  if (!/[:/]/.test(address)) return address;
  const pattern = readPattern(address);
  if (pattern.kind === "network" && address.includes("/")) return formatBitKey(pattern.prefix);
  return pattern.kind === "address" ? formatIp(pattern.address) : address;
}

/** For whom a record's rule is. */
export function readKey(key: string): Pattern {
  const prefix = readBitKey(key);
  return prefix === undefined ? readPattern(key) : { kind: "network", prefix };
}

/** A key as a rule's address: the same key is made of it, but for what ucspi-tcp6 leaves open. */
export function addressOfKey(key: string): string {
  const prefix = readBitKey(key);
  return prefix === undefined ? key : formatCidr(prefix);
}

/** `127./8`, `2001:db8::/48` */
function formatCidr(prefix: Prefix): string {
  const { address, length } = prefix;
  if (address.version === 6) return formatPrefix(prefix);
  const written = address.octets.slice(0, Math.ceil(length / 8));
  return `${written.map((octet) => `${octet}.`).join("")}/${length}`;
}

export function readValue(value: string): Result<Instruction, string> {
  if (value !== "" && !value.endsWith("\0")) return bad("the last item of its value has no end");
  let deny = false;
  const variables: { name: string; value: string }[] = [];
  for (const item of value.split("\0").slice(0, -1)) {
    const equals = item.indexOf("=");
    if (item === "D") deny = true;
    else if (item.startsWith("+") && equals !== -1) {
      variables.push({ name: item.slice(1, equals), value: item.slice(equals + 1) });
    } else return bad("its value holds something that is no rule's");
  }
  return good(instruct(deny, variables));
}
