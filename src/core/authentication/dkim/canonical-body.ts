// A message's body in the form in which it is signed (RFC 6376 §3.4.3, §3.4.4), piece by piece. However
// many empty lines there are, they are only counted until something follows.

import type { Canonicalization } from "./canonical-header.ts";

export interface BodyForm {
  /** Octets of the body, which hold no bare CR or LF. */
  take(octets: Uint8Array): void;
  /** The body is whole. */
  finish(): void;
}

const [CR, LF, space, tab] = [13, 10, 32, 9];

/** Octets of one piece that is handed on. */
const pieceSize = 16_384;

/** @param pass takes what is to be hashed; valid during the call only */
export function createBodyForm(
  form: Canonicalization,
  pass: (octets: Uint8Array) => void,
): BodyForm {
  const isRelaxed = form === "relaxed";
  const piece = new Uint8Array(pieceSize);
  let used = 0;
  let lineEnds = 0; // since the last other octet
  let hasBlank = false; // since then, in this line
  let isEmpty = true;

  function write(octet: number): void {
    if (used === pieceSize) flush();
    piece[used++] = octet;
  }

  function flush(): void {
    if (used > 0) pass(piece.subarray(0, used));
    used = 0;
  }

  function writePending(): void {
    for (; lineEnds > 0; lineEnds--) {
      write(CR);
      write(LF);
    }
    if (hasBlank) write(space);
    hasBlank = false;
  }

  function takeOne(octet: number): void {
    if (octet === CR) return; // its LF follows
    if (octet === LF) {
      lineEnds++;
      hasBlank = false;
    } else if (isRelaxed && (octet === space || octet === tab)) {
      hasBlank = true;
    } else {
      if (lineEnds > 0 || hasBlank) writePending();
      isEmpty = false;
      write(octet);
    }
  }

  return {
    take(octets) {
      for (let at = 0; at < octets.length; at++) takeOne(octets[at] ?? 0);
    },
    finish() {
      // Of no body at all, `simple` makes an empty line and `relaxed` nothing.
      if (!isEmpty || !isRelaxed) {
        write(CR);
        write(LF);
      }
      flush();
    },
  };
}
