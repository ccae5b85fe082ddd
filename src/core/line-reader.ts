// Cuts command lines out of a stream of octets (RFC 5321 §2.3.8, RFC 1939 §3). Only CR LF ends a line. What
// follows a bare LF is thrown away up to the next CR LF and never read as a command.

import { OctetBuffer } from "./octet-buffer.ts";

export type LineFault = "too-long" | "bare-cr" | "bare-lf" | "control-character" | "not-utf8";

type LineEvent =
  | { readonly kind: "line"; readonly text: string; readonly end: number }
  | { readonly kind: "fault"; readonly fault: LineFault; readonly end: number };

export interface LineReader {
  /** Reads on from `bytes[start]`; `end` of the event is where the next line begins. Undefined: the
   * line is not complete yet, everything was taken in. */
  next(bytes: Uint8Array, start: number): LineEvent | undefined;
}

const CR = 13;
const LF = 10;
/** Tabs are white space to some clients; nothing else below space belongs on a line. */
// oxlint-disable-next-line no-control-regex -- control characters are the point
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param maxOctets longest line, CR LF included.
 *  @param limitFor is asked about longer lines, with the first octets of them, as Latin-1. */
export function createLineReader(
  maxOctets: number,
  limitFor: (beginning: string) => number = () => maxOctets,
): LineReader {
  const held = new OctetBuffer(); // the beginning of a line whose end has not arrived
  let discarding = false;
  let lastWasCr = false; // of what was discarded

  function fault(kind: LineFault, end: number): LineEvent {
    held.clear();
    return { kind: "fault", fault: kind, end };
  }

  /** Throws away up to the next CR LF. A bare LF on the way is answered too: whoever ends lines
   * with LF alone learns so at each of them, instead of waiting for a reply that never comes. */
  function discard(bytes: Uint8Array, start: number): LineEvent | number {
    const lf = bytes.indexOf(LF, start);
    const stop = lf === -1 ? bytes.length : lf;
    const afterCr = stop > start ? bytes[stop - 1] === CR : lastWasCr;
    lastWasCr = afterCr && lf === -1;
    if (lf === -1) return bytes.length;
    if (!afterCr) return fault("bare-lf", lf + 1);
    discarding = false;
    return lf + 1;
  }

  /** The line that `part` ends. */
  function whole(part: Uint8Array): Uint8Array {
    if (held.length === 0) return part;
    held.add(part);
    const { octets } = held;
    held.clear();
    return octets;
  }

  function startDiscarding(endsInCr: boolean): void {
    discarding = true;
    lastWasCr = endsInCr;
  }

  return {
    next(bytes, start) {
      let from = start;
      if (discarding) {
        const after = discard(bytes, from);
        if (typeof after !== "number") return after;
        from = after;
      }
      if (from >= bytes.length) return undefined;
      const lf = bytes.indexOf(LF, from);
      const stop = lf === -1 ? bytes.length : lf + 1;
      const length = held.length + stop - from;
      const limit =
        length > maxOctets ? limitFor(beginningOf(held.octets, bytes.subarray(from))) : maxOctets;
      if (length > limit) {
        // Cut behind the first octet too many, however many came with it: the same line gets the
        // same replies in whatever pieces it arrives.
        const cut = stop - (length - limit) + 1;
        const beforeCut = cut - 2 >= from ? bytes[cut - 2] : held.octets.at(-1);
        const complete = bytes[cut - 1] === LF && beforeCut === CR;
        if (!complete) startDiscarding(bytes[cut - 1] === CR);
        return fault("too-long", cut);
      }
      const part = bytes.subarray(from, stop);
      if (lf === -1) {
        held.add(part);
        return undefined;
      }
      const line = whole(part);
      if (line.length < 2 || line[line.length - 2] !== CR) {
        startDiscarding(false);
        return fault("bare-lf", stop);
      }
      return decode(line, stop);
    },
  };
}

/** Enough to tell a command by. */
const beginningOctets = 8;

function beginningOf(held: Uint8Array, rest: Uint8Array): string {
  const octets = [...held.subarray(0, beginningOctets), ...rest.subarray(0, beginningOctets)];
  return String.fromCharCode(...octets.slice(0, beginningOctets));
}

function decode(line: Uint8Array, end: number): LineEvent {
  const octets = line.subarray(0, line.length - 2);
  const text = decodeUtf8(octets);
  if (text !== undefined && !control.test(text)) return { kind: "line", text, end };
  return { kind: "fault", fault: faultOf(octets), end };
}

/** Why these octets are no line. */
function faultOf(octets: Uint8Array): LineFault {
  if (octets.includes(CR)) return "bare-cr";
  return octets.some(isControl) ? "control-character" : "not-utf8";
}

function isControl(octet: number): boolean {
  return (octet < 0x20 && octet !== 9) || octet === 0x7f;
}

function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}
