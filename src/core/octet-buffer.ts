// Octets that come in pieces, gathered at a cost that grows with their number alone, however small the
// pieces are.

export interface OctetBuffer {
  /** What was gathered; good until more is added. */
  readonly octets: Uint8Array;
  /** Copies the piece: its memory is the caller's. */
  add(piece: Uint8Array): void;
  /** Forgets them, and gives their memory up. */
  clear(): void;
}

const nothing: Uint8Array = new Uint8Array(0);

export function createOctetBuffer(): OctetBuffer {
  let memory = nothing;
  let length = 0;
  return {
    get octets() {
      return memory.subarray(0, length);
    },
    add(piece) {
      const wanted = length + piece.length;
      if (wanted > memory.length) {
        const larger = new Uint8Array(Math.max(wanted, memory.length * 2));
        larger.set(memory.subarray(0, length));
        memory = larger;
      }
      memory.set(piece, length);
      length = wanted;
    },
    clear() {
      memory = nothing;
      length = 0;
    },
  };
}
