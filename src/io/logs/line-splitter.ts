// Octets of a log in, whole lines out.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class LineSplitter {
  readonly #longest: number;
  /** Octets of the line that is not whole yet. */
  #begun: Uint8Array[] = [];
  #length = 0;
  #isTooLong = false;

  /** @param longest octets in a line; longer ones are left out, and never kept in memory. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that are whole now, without their ends. Octets that are no UTF-8 are U+FFFD. */
  push(octets: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let to = octets.indexOf(lineFeed); to >= 0; to = octets.indexOf(lineFeed, from)) {
      this.#add(octets.subarray(from, to));
      if (!this.#isTooLong) lines.push(textOf(this.#begun));
      this.reset();
      from = to + 1;
    }
    this.#add(octets.subarray(from));
    return lines;
  }

  /** Forgets the line that is not whole: what comes is not its rest. */
  reset(): void {
    this.#begun = [];
    this.#length = 0;
    this.#isTooLong = false;
  }

  /** Leaves out what comes until the next line begins. */
  skipLine(): void {
    this.reset();
    this.#length = 1;
    this.#isTooLong = true;
  }

  #add(piece: Uint8Array): void {
    const octets = this.#length === 0 ? withoutHole(piece) : piece;
    if (octets.length === 0 || this.#isTooLong) return;
    this.#length += octets.length;
    this.#isTooLong = this.#length > this.#longest;
    // A copy: the reader's buffer is used again.
    this.#begun = this.#isTooLong ? [] : [...this.#begun, Uint8Array.from(octets)];
  }
}

/** A writer that does not append leaves a hole where the file was emptied: octets 0. */
function withoutHole(piece: Uint8Array): Uint8Array {
  const start = piece.findIndex((octet) => octet !== 0);
  return start < 0 ? piece.subarray(piece.length) : piece.subarray(start);
}

function textOf(pieces: readonly Uint8Array[]): string {
  const octets = Buffer.concat(pieces);
  const end = octets.at(-1) === carriageReturn ? octets.length - 1 : octets.length;
  return octets.toString("utf8", 0, end);
}
