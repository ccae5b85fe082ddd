// The body of a message in the form that DKIM hashes (RFC 6376 §3.4.4, "relaxed"), while it passes:
// white space at the end of a line goes, other white space becomes one space, and empty lines at the
// end of the body go.

export interface RelaxedBody {
  /** The octets of lines that end in CR LF; they may be cut anywhere. */
  take(octets: Uint8Array): void;
  finish(): void;
}

const HTAB = 9;
const LF = 10;
const CR = 13;
const SP = 32;

/** Line ends that are handed on at once: many empty lines must not become as many octets in memory. */
const mostLineEnds = 4096;
const lineEnds = new Uint8Array(2 * mostLineEnds).map((_, at) => (at % 2 === 0 ? CR : LF));

/** @param pass takes what is to be hashed; it is valid during the call only. */
export function createRelaxedBody(pass: (octets: Uint8Array) => void): RelaxedBody {
  let buffer = new Uint8Array(0);
  /** White space that counts if something follows it in its line. */
  let spaced = false;
  /** Lines that have ended, and count if something follows them. */
  let ended = 0;
  let isEmpty = true;

  function endLines(): void {
    for (; ended > 0; ended -= Math.min(ended, mostLineEnds)) {
      pass(lineEnds.subarray(0, 2 * Math.min(ended, mostLineEnds)));
    }
  }

  return {
    take(octets) {
      // One space and one line end may be held from before.
      if (buffer.length < octets.length + 3) buffer = new Uint8Array(octets.length + 3);
      let used = 0;
      for (let at = 0; at < octets.length; at++) {
        const octet = octets[at] ?? 0;
        if (octet === CR) continue; // belongs to the line's end
        if (octet === LF) {
          spaced = false;
          ended++;
        } else if (octet === SP || octet === HTAB) {
          spaced = true;
        } else {
          if (ended > 1) {
            pass(buffer.subarray(0, used));
            used = 0;
            endLines();
          } else if (ended === 1) {
            buffer[used++] = CR;
            buffer[used++] = LF;
            ended = 0;
          }
          if (spaced) buffer[used++] = SP;
          spaced = false;
          buffer[used++] = octet;
          isEmpty = false;
        }
      }
      pass(buffer.subarray(0, used));
    },
    finish() {
      if (!isEmpty) pass(lineEnds.subarray(0, 2));
    },
  };
}
