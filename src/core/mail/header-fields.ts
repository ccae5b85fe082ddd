// A header's fields as octets in a string: one character for each octet, 0 to 255. So patterns can look
// at them, and nothing is lost of what is no ASCII.

import { isBlank, nameLength } from "../submission/header-gate.ts";

export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** From the name to the last line's end. */
  readonly text: string;
}

/** @param header whole lines that are fields, but that the last may have no line end. */
export function splitHeader(header: Uint8Array): readonly HeaderField[] {
  return fieldSlices(header).map((octets) => {
    const text = octetsToText(octets);
    return { name: text.slice(0, nameLength(octets)).toLowerCase(), text };
  });
}

/** The octets of each field, as slices of the header. */
export function fieldSlices(header: Uint8Array): readonly Uint8Array[] {
  const slices: Uint8Array[] = [];
  for (let start = 0; start < header.length;) {
    const end = fieldEnd(header, start);
    slices.push(header.subarray(start, end));
    start = end;
  }
  return slices;
}

/** Behind the field's last line: the next one does not begin with a blank. */
function fieldEnd(header: Uint8Array, start: number): number {
  let at = start;
  do {
    const lineFeed = header.indexOf(10, at);
    at = lineFeed === -1 ? header.length : lineFeed + 1;
  } while (isBlank(header[at]));
  return at;
}

/** What stands behind the colon, its line ends included. */
export function valueOf({ text }: HeaderField): string {
  return text.slice(text.indexOf(":") + 1);
}

/** Octets that one call makes a string of. */
const stride = 8_192;

function octetsToText(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += stride) {
    text += String.fromCharCode(...octets.subarray(at, at + stride));
  }
  return text;
}

export function textToOctets(text: string): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) octets[at] = text.charCodeAt(at);
  return octets;
}
