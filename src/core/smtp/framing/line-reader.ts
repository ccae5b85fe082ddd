// Cuts command lines out of a stream of octets (RFC 5321 §2.3.8). Only CR LF ends a line. What
// follows a bare LF is thrown away up to the next CR LF and never read as a command.

import { concat } from "../../octets.ts";

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

/** @param maxOctets longest line, CR LF included. */
export function createLineReader(maxOctets: number): LineReader {
  let held: Uint8Array | undefined; // the beginning of a line whose end has not arrived
  let discarding = false;
  let lastWasCr = false; // of what was discarded

  function fault(kind: LineFault, end: number): LineEvent {
    held = undefined;
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
      const length = (held?.length ?? 0) + stop - from;
      if (length > maxOctets) {
        // Cut behind the first octet too many, however many came with it: the same line gets the
        // same replies in whatever pieces it arrives.
        const cut = stop - (length - maxOctets) + 1;
        const beforeCut = cut - 2 >= from ? bytes[cut - 2] : held?.at(-1);
        const complete = bytes[cut - 1] === LF && beforeCut === CR;
        if (!complete) startDiscarding(bytes[cut - 1] === CR);
        return fault("too-long", cut);
      }
      const part = bytes.subarray(from, stop);
      const line = held === undefined ? part : concat(held, part);
      if (lf === -1) {
        held = new Uint8Array(line); // a copy: the input's memory is the caller's
        return undefined;
      }
      held = undefined;
      if (line.length < 2 || line[line.length - 2] !== CR) {
        startDiscarding(false);
        return fault("bare-lf", stop);
      }
      return decode(line, stop);
    },
  };
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
