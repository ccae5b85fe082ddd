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

/** Octets from which on copying them at once is faster than one by one: lines of base 64. */
const longWord = 24;
/** Line ends that are handed on at once: many empty lines must not become as many octets in memory. */
const mostLineEnds = 4096;
const lineEnds = new Uint8Array(2 * mostLineEnds).map((_, at) => (at % 2 === 0 ? CR : LF));

/** @param pass takes what is to be hashed; it is valid during the call only. */
export function createRelaxedBody(pass: (octets: Uint8Array) => void): RelaxedBody {
  let buffer = new Uint8Array(0);
  let used = 0;
  /** White space that counts if something follows it in its line. */
  let spaced = false;
  /** Lines that have ended, and count if something follows them. */
  let ended = 0;
  let isEmpty = true;

  function flush(): void {
    pass(buffer.subarray(0, used));
    used = 0;
  }

  /** What has waited for something to follow. */
  function writeHeld(): void {
    if (ended > 1) flush(); // there is room for one
    for (; ended > 1; ended -= Math.min(ended, mostLineEnds)) {
      pass(lineEnds.subarray(0, 2 * Math.min(ended, mostLineEnds)));
    }
    if (ended === 1) {
      buffer[used++] = CR;
      buffer[used++] = LF;
    }
    if (spaced) buffer[used++] = SP;
    ended = 0;
    spaced = false;
    isEmpty = false;
  }

  return {
    take(octets) {
      // One space and one line end may be held from before.
      if (buffer.length < octets.length + 3) buffer = new Uint8Array(octets.length + 3);
      for (let at = 0; at < octets.length; at++) {
        const octet = octets[at] ?? 0;
        if (octet === LF) {
          spaced = false;
          ended++;
        } else if (octet === SP || octet === HTAB) {
          spaced = true;
        } else if (octet !== CR) {
          writeHeld();
          const end = endOfWord(octets, at);
          copy(octets, at, end);
          at = end - 1;
        }
      }
      flush();
    },
    finish() {
      if (!isEmpty) pass(lineEnds.subarray(0, 2));
    },
  };

  function copy(octets: Uint8Array, start: number, end: number): void {
    if (end - start >= longWord) {
      buffer.set(octets.subarray(start, end), used);
      used += end - start;
    } else {
      for (let at = start; at < end; at++) buffer[used++] = octets[at] ?? 0;
    }
  }
}

/** Where the next white space or line end is. */
function endOfWord(octets: Uint8Array, start: number): number {
  let at = start + 1;
  for (; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet <= SP && (octet === SP || octet === CR || octet === LF || octet === HTAB)) break;
  }
  return at;
}
