// Octets that come in pieces, gathered at a cost that grows with their number alone, however small the
// pieces are.

const nothing: Uint8Array = new Uint8Array(0);

export class OctetBuffer {
  #memory = nothing;
  #length = 0;

  /** What was gathered; good until more is added. */
  get octets(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** How many they are. */
  get length(): number {
    return this.#length;
  }

  /** Copies the piece: its memory is the caller's. */
  add(piece: Uint8Array): void {
    const wanted = this.#length + piece.length;
    if (wanted > this.#memory.length) {
      const larger = new Uint8Array(Math.max(wanted, this.#memory.length * 2));
      larger.set(this.#memory.subarray(0, this.#length));
      this.#memory = larger;
    }
    this.#memory.set(piece, this.#length);
    this.#length = wanted;
  }

  /** Forgets them, and gives their memory up. */
  clear(): void {
    this.#memory = nothing;
    this.#length = 0;
  }
}
