// How many octets a message has, and how many when every line is ended by CR LF, as protocols send it.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface OctetCount {
  /** Counts the next chunk. */
  add(chunk: Uint8Array): void;
  /** Octets so far. */
  readonly stored: number;
  /** Octets so far, and a CR for each LF that has none: the virtual size, `W=` in a file's name. */
  readonly virtual: number;
  /** What is sent if the message ends here: a last line that has no end gets one. */
  readonly sent: number;
}

export function createOctetCount(): OctetCount {
  let stored = 0;
  /** Line feeds with no CR before them. */
  let bare = 0;
  let last: number | undefined;
  return {
    add(chunk) {
      if (chunk.length === 0) return;
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) {
        if ((at === 0 ? last : chunk[at - 1]) !== carriageReturn) bare++;
      }
      stored += chunk.length;
      last = chunk.at(-1);
    },
    get stored() {
      return stored;
    },
    get virtual() {
      return stored + bare;
    },
    get sent() {
      return stored + bare + (last === undefined || last === lineFeed ? 0 : 2);
    },
  };
}
