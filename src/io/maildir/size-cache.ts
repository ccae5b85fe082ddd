// `bailiwick-sizes`: sizes of messages whose names do not say them, so that each is counted once. Lines
// of `OCTETS BASE`; a message never changes, so neither does its size. Where the file cannot be written
// the messages are counted again: no error of it matters.

import { join } from "node:path";
import { pathIn, readLines } from "./read-file.ts";
import { appendToFile, replaceFile } from "./write-file.ts";

const name = "bailiwick-sizes";

/** Sizes between two additions to the file, so that not all is lost if we are killed. */
const batch = 1000;

/** Lines of messages that are gone, beyond which the file is written anew. */
const tolerated = 1000;

export interface KnownSize {
  readonly base: string;
  readonly octets: number;
}

export class SizeCache {
  readonly #folder: string;
  #lines = 0;
  #fresh: KnownSize[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Calls `take` for each size that is written down. */
  async read(take: (size: KnownSize) => void): Promise<void> {
    try {
      for await (const lines of readLines(pathIn(this.#folder, name))) {
        this.#lines += lines.length;
        for (const line of lines) {
          const [, octets, base] = /^(\d{1,15}) (.+)$/.exec(line) ?? [];
          if (base !== undefined) take({ base, octets: Number(octets) });
        }
      }
    } catch {
      // Missing, or not ours to read.
    }
  }

  /** Notes a size that was counted, and writes it down with others sooner or later. */
  async note(size: KnownSize): Promise<void> {
    this.#fresh.push(size);
    if (this.#fresh.length >= batch) await this.#append();
  }

  /** Writes down what was noted.
   * @param all every size that is still of use, in case that most lines are not */
  async finish(all: readonly KnownSize[]): Promise<void> {
    if (this.#lines <= 2 * all.length + tolerated) return this.#append();
    await replaceFile(join(this.#folder, name), format(all)).catch(() => {});
  }

  async #append(): Promise<void> {
    const text = format(this.#fresh);
    this.#lines += this.#fresh.length;
    this.#fresh = [];
    // The first line is empty: an earlier addition may have broken off amid a number.
    if (text !== "") await appendToFile(join(this.#folder, name), `\n${text}`).catch(() => {});
  }
}

/** A base with a line feed in it cannot be written down. */
function format(sizes: readonly KnownSize[]): string {
  const lines = sizes.filter(({ base }) => base !== "" && !base.includes("\n"));
  return lines.map(({ base, octets }) => `${octets} ${base}\n`).join("");
}
