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

/** @param pass takes what is to be hashed; valid during the call only */
export function createBodyForm(
  form: Canonicalization,
  pass: (octets: Uint8Array) => void,
): BodyForm {
  return form === "simple" ? createSimpleForm(pass) : createRelaxedForm(pass);
}

const lineEnd = Uint8Array.of(CR, LF);

function createSimpleForm(pass: (octets: Uint8Array) => void): BodyForm {
  let lineEnds = 0; // since the last other octet
  return {
    take(octets) {
      let start = 0;
      for (; isLineEnd(octets[start]); start++) if (octets[start] === LF) lineEnds++;
      if (start === octets.length) return;
      for (; lineEnds > 0; lineEnds--) pass(lineEnd);
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

/** Octets of one piece that is handed on. */
const pieceSize = 16_384;

function createRelaxedForm(pass: (octets: Uint8Array) => void): BodyForm {
  const piece = new Uint8Array(pieceSize);
  let used = 0;
  let lineEnds = 0; // since the last octet that is neither a blank nor one of them
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
    isEmpty = false;
  }

  return {
    take(octets) {
      for (let at = 0; at < octets.length; at++) {
        const octet = octets[at] ?? 0;
        if (octet === LF) {
          lineEnds++;
          hasBlank = false;
        } else if (octet === space || octet === tab) {
          hasBlank = true;
        } else if (octet !== CR) {
          // The LF of a CR counts for both.
          if (hasBlank || lineEnds > 0 || isEmpty) writePending();
          if (used === pieceSize) flush();
          piece[used++] = octet;
        }
      }
    },
    finish() {
      if (!isEmpty) {
        write(CR);
        write(LF);
      }
      flush();
    },
  };
}
