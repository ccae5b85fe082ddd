// Packets of the milter protocol, version 6: four octets of length, a letter, and its data. There is no
// standard; the words are those of libmilter's mfdef.h and of Sendmail's documentation.

import { concat } from "../octets.ts";
import { bad, good, type Result } from "../result.ts";

export interface Packet {
  /** One character: a command of ours, or a filter's answer. */
  readonly letter: string;
  readonly data: Uint8Array;
}

/** Octets of one packet from a filter. libmilter itself sends no more than 64 KiB but for a body in the
 * place of ours, which we never ask for. */
const largest = 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The octets of a packet. */
export function writePacket({ letter, data }: Packet): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(5 + data.length);
  new DataView(octets.buffer).setUint32(0, 1 + data.length);
  octets[4] = letter.charCodeAt(0);
  octets.set(data, 5);
  return octets;
}

/** Takes a filter's packets out of what comes, however it is cut. */
export class PacketReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** The problem is a sentence; nothing that follows can be read. */
  read(octets: Uint8Array): Result<readonly Packet[], string> {
    let left = this.#rest.length === 0 ? octets : concat(this.#rest, octets);
    const packets: Packet[] = [];
    while (left.length >= 4) {
      const length = new DataView(left.buffer, left.byteOffset).getUint32(0);
      if (length < 1 || length > largest) return bad(`it sent a packet of ${length} octets`);
      if (left.length < 4 + length) break;
      const letter = String.fromCharCode(left[4] ?? 0);
      packets.push({ letter, data: left.slice(5, 4 + length) });
      left = left.subarray(4 + length);
    }
    this.#rest = left.slice();
    return good(packets);
  }
}

/** Texts, each ended by a NUL; one inside of a text would end it early, and is left out. */
export function texts(...words: readonly string[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(words.map((word) => `${word.replaceAll("\0", "")}\0`).join(""));
}

/** What `texts` wrote. */
export function readTexts(data: Uint8Array): readonly string[] {
  const parts = decoder.decode(data).split("\0");
  return parts.at(-1) === "" ? parts.slice(0, -1) : parts;
}

export function numbers(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(4 * values.length);
  const view = new DataView(octets.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return octets;
}

/** Undefined where there are fewer octets. */
export function readNumber(data: Uint8Array, index: number): number | undefined {
  if (data.length < 4 * (index + 1)) return undefined;
  return new DataView(data.buffer, data.byteOffset).getUint32(4 * index);
}
