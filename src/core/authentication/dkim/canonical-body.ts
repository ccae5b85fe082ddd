// A message's body in the form in which it is signed (RFC 6376 §3.4.3, §3.4.4), piece by piece. However
// many empty lines there are, they are only counted until something follows.

import { createRelaxedBody } from "../../dkim/relaxed-body.ts";
import type { Canonicalization } from "./canonical-header.ts";

export interface BodyForm {
  /** Octets of the body, which hold no bare CR or LF. */
  take(octets: Uint8Array): void;
  /** The body is whole. */
  finish(): void;
}

const [CR, LF] = [13, 10];

/** @param pass takes what is to be hashed; valid during the call only */
export function createBodyForm(
  form: Canonicalization,
  pass: (octets: Uint8Array) => void,
): BodyForm {
  return form === "simple" ? createSimpleForm(pass) : createRelaxedBody(pass);
}

const lineEnd = Uint8Array.of(CR, LF);
/** Those that are handed on at once: each call of a hash costs more than its octets. */
const mostLineEnds = 4_096;
const lineEndsAtOnce = new Uint8Array(2 * mostLineEnds).map((_, at) => (at % 2 === 0 ? CR : LF));

function createSimpleForm(pass: (octets: Uint8Array) => void): BodyForm {
  let lineEnds = 0; // since the last other octet
  return {
    take(octets) {
      let start = 0;
      for (; isLineEnd(octets[start]); start++) if (octets[start] === LF) lineEnds++;
      if (start === octets.length) return;
      for (; lineEnds > 0; lineEnds -= Math.min(lineEnds, mostLineEnds)) {
        pass(lineEndsAtOnce.subarray(0, 2 * Math.min(lineEnds, mostLineEnds)));
      }
      let end = octets.length;
      for (; isLineEnd(octets[end - 1]); end--) if (octets[end - 1] === LF) lineEnds++;
      pass(octets.subarray(start, end));
    },
    // Of no body at all, an empty line is made.
    finish: () => pass(lineEnd),
  };
}

function isLineEnd(octet: number | undefined): boolean {
  return octet === CR || octet === LF;
}
