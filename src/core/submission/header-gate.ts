// Finds the end of a message's header as the message passes. The header is held until it is whole;
// the body goes through as it comes, without a copy.

import { OctetBuffer } from "../octet-buffer.ts";

/** Octets of a header, with the line that ends it: as many as Postfix takes of a single field. */
export const maxHeaderOctets = 102_400;

/** `body`: a line that is no field; RFC 5322 wants an empty line before it. `end`: the message's. */
export type HeaderEnd = "empty-line" | "body" | "end";

export interface HeaderListener {
  /** The whole header, once, before all else; valid during the call only. */
  header(octets: Uint8Array, end: HeaderEnd): void;
  /** What follows, from the empty line on; valid during the call only. */
  body(octets: Uint8Array): void;
}

export interface HeaderGate {
  take(octets: Uint8Array): void;
  finish(): void;
  /** The header is longer than `maxHeaderOctets`: nothing is handed on, and nothing held. */
  readonly isTooLong: boolean;
}

export function createHeaderGate(listener: HeaderListener): HeaderGate {
  const held = new OctetBuffer();
  let state: "header" | "body" | "too-long" = "header";
  let lineStart = 0; // of the first line that is not whole yet
  let looked = 0; // octets in which no more line ends are

  /** The last line of `octets` that was looked at ends the header; what is there goes on. */
  function open(octets: Uint8Array, end: HeaderEnd): void {
    state = "body";
    listener.header(octets.subarray(0, lineStart), end);
    const rest = octets.subarray(lineStart);
    if (rest.length > 0) listener.body(rest);
    held.clear();
  }

  function giveUp(): void {
    state = "too-long";
    held.clear();
  }

  /** Looks at the lines that are whole; returns how the header ends, if it does. */
  function findEnd(octets: Uint8Array): HeaderEnd | undefined {
    for (;;) {
      const lineFeed = octets.indexOf(10, looked);
      looked = lineFeed === -1 ? octets.length : lineFeed + 1;
      if (lineFeed === -1) return undefined;
      const end = endAt(octets.subarray(lineStart, looked), lineStart === 0);
      if (end !== undefined) return end;
      lineStart = looked;
    }
  }

  return {
    take(octets) {
      if (state === "body") listener.body(octets);
      if (state !== "header") return;
      const isFirst = held.octets.length === 0;
      // Mostly the first piece has the whole header, and nothing is copied.
      if (!isFirst) held.add(octets);
      const all = isFirst ? octets : held.octets;
      const end = findEnd(all);
      // What counts is where the end was seen: it is the same place in whatever pieces it came.
      if (looked > maxHeaderOctets) giveUp();
      else if (end !== undefined) open(all, end);
      else if (isFirst) held.add(octets);
    },
    finish() {
      if (state !== "header") return;
      const all = held.octets;
      // The last line may have no line end.
      const end = lineStart < all.length ? endAt(all.subarray(lineStart), lineStart === 0) : "end";
      if (end === undefined) lineStart = all.length;
      open(all, end ?? "end");
    },
    get isTooLong() {
      return state === "too-long";
    },
  };
}

/** How a line ends the header; undefined for a field, or for a field's next line. */
function endAt(line: Uint8Array, isFirst: boolean): HeaderEnd | undefined {
  if (line[0] === 13) return "empty-line";
  if (!isFirst && isBlank(line[0])) return undefined;
  return nameLength(line) === undefined ? "body" : undefined;
}

/** Octets of a field's name: printable ASCII up to a colon, which old programs put blanks before
 * (RFC 5322 §4.5). Undefined where the line begins no field. */
export function nameLength(line: Uint8Array): number | undefined {
  let length = 0;
  while (isNameOctet(line[length])) length++;
  let at = length;
  while (isBlank(line[at])) at++;
  return length > 0 && line[at] === 58 ? length : undefined;
}

function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > 32 && octet < 127 && octet !== 58;
}

export function isBlank(octet: number | undefined): boolean {
  return octet === 32 || octet === 9;
}
