// Counts the Received fields of a message as it passes, to end mail loops (RFC 5321 §6.3).

export interface HeaderScan {
  pass(content: Uint8Array): void;
  /** Received fields so far. */
  readonly hops: number;
}

const LF = 10;
const CR = 13;
const received = new TextEncoder().encode("received:");

export function createHeaderScan(): HeaderScan {
  let hops = 0;
  let inHeader = true;
  let column = 0; // octets of this line so far
  let matching = true; // the line may still be a Received field

  /** Takes in the octet at `column`; returns whether the header goes on. */
  function take(octet: number): boolean {
    if (octet === LF) {
      if (column === 0) return false;
      column = 0;
      matching = true;
      return true;
    }
    if (octet === CR) return true; // belongs to the line's end
    // ASCII letters differ from their capitals in one bit; so do : and the control character Z,
    // which no field name holds.
    if (matching) matching = (octet | 0x20) === received[column];
    if (matching && column === received.length - 1) {
      hops++;
      matching = false;
    }
    column++;
    return true;
  }

  return {
    pass(content) {
      for (let at = 0; inHeader && at < content.length; at++) {
        if (column > received.length || !matching) at = skipToLineEnd(content, at);
        if (at < content.length) inHeader = take(content[at] ?? 0);
      }
    },
    get hops() {
      return hops;
    },
  };
}

function skipToLineEnd(content: Uint8Array, from: number): number {
  const end = content.indexOf(LF, from);
  return end === -1 ? content.length : end;
}
