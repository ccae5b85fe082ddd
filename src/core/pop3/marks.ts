// Which messages are marked as deleted: a set of indexes that never changes, of which a changed one is
// made at little cost, however many messages there are and however many of them are marked one by one.

export interface Marks {
  readonly count: number;
  /** Blocks of words of 32 marks each; one that is missing has no marks. */
  readonly blocks: readonly (Uint32Array | undefined)[];
}

export const noMarks: Marks = { count: 0, blocks: [] };

const wordBits = 32;
const blockWords = 32;
const blockBits = wordBits * blockWords;

export function isMarked({ blocks }: Marks, index: number): boolean {
  const word = blocks[blockOf(index)]?.[wordOf(index)] ?? 0;
  return (word & bitOf(index)) !== 0;
}

export function mark(marks: Marks, index: number): Marks {
  if (isMarked(marks, index)) return marks;
  const number = blockOf(index);
  const blocks = Array.from(
    { length: Math.max(marks.blocks.length, number + 1) },
    (_, at) => marks.blocks[at],
  );
  const block = blocks[number]?.slice() ?? new Uint32Array(blockWords);
  block[wordOf(index)] = (block[wordOf(index)] ?? 0) | bitOf(index);
  blocks[number] = block;
  return { count: marks.count + 1, blocks };
}

/** In their order. */
export function markedIndexes({ blocks }: Marks): readonly number[] {
  const indexes: number[] = [];
  for (const [number, block] of blocks.entries()) {
    if (block === undefined) continue;
    for (let at = number * blockBits; at < (number + 1) * blockBits; at++) {
      if (((block[wordOf(at)] ?? 0) & bitOf(at)) !== 0) indexes.push(at);
    }
  }
  return indexes;
}

function blockOf(index: number): number {
  return Math.floor(index / blockBits);
}

function wordOf(index: number): number {
  return Math.floor((index % blockBits) / wordBits);
}

function bitOf(index: number): number {
  return 1 << (index % wordBits);
}
