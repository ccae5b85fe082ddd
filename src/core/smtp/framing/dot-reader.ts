// Finds the end of a message sent with DATA and takes the stuffed dots off (RFC 5321 §4.5.2). Only
// CR LF . CR LF ends it: a dot behind a bare LF or CR is content, whatever follows.

export interface DotReader {
  /** Reads on from `bytes[start]` and emits the content in slices of `bytes`, valid only until
   * this call returns. Returns where the octets behind the final dot begin, or undefined while the
   * message goes on. */
  read(bytes: Uint8Array, start: number, emit: (content: Uint8Array) => void): number | undefined;
}

const CR = 13;
const LF = 10;
const DOT = 46;
const heldCr = Uint8Array.of(CR);

type State = "in-line" | "after-cr" | "line-start" | "after-dot" | "after-dot-cr";

export function createDotReader(): DotReader {
  let state: State = "line-start";

  /** What one octet makes of the state, where nothing has to be held back or dropped. */
  function advance(octet: number): State {
    if (octet === CR) return "after-cr";
    return octet === LF && state === "after-cr" ? "line-start" : "in-line";
  }

  return {
    read(bytes, start, emit) {
      let from = start; // what is to be emitted next begins here
      const emitUpTo = (end: number): void => {
        if (end > from) emit(bytes.subarray(from, end));
      };
      for (let at = start; at < bytes.length; at++) {
        if (state === "in-line") {
          at = bytes.indexOf(CR, at);
          if (at === -1) break;
        }
        const octet = bytes[at] ?? 0;
        if (state === "line-start" && octet === DOT) {
          emitUpTo(at);
          from = at + 1;
          state = "after-dot";
        } else if (state === "after-dot" && octet === CR) {
          state = "after-dot-cr";
        } else if (state === "after-dot-cr") {
          if (octet === LF) {
            state = "line-start";
            return at + 1;
          }
          // The dot was a stuffed one after all, and the CR behind it is content.
          if (at === start) emit(heldCr);
          state = "after-cr";
          state = advance(octet);
        } else {
          state = advance(octet);
        }
      }
      emitUpTo(state === "after-dot-cr" ? bytes.length - 1 : bytes.length);
      return undefined;
    },
  };
}
