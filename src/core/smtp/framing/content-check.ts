// Looks at a message's octets as they pass: is every CR followed by LF and every LF led by CR, how
// many octets, any above 127. A message with a bare CR or LF could be read by the next host as two
// messages ("SMTP smuggling"), so such a message is refused whole.

import type { ContentTraits } from "../../mail/envelope.ts";

export type ContentFault = "bare-cr" | "bare-lf" | "too-big";

export interface ContentCheck {
  /** False once the message is known to be faulty: what comes then can be thrown away. */
  pass(content: Uint8Array): boolean;
  /** The first fault, with a CR at the very end counted as bare. */
  finish(): ContentFindings;
  /** The same between two chunks, where the next one may bring the LF for a last CR. */
  soFar(): ContentFindings;
}

interface ContentFindings {
  readonly fault: ContentFault | undefined;
  readonly traits: ContentTraits;
}

const CR = 13;
const LF = 10;

/** @param maxSize largest message, in octets; dots that were stuffed do not count. */
export function createContentCheck(maxSize: number): ContentCheck {
  let size = 0;
  let bits = 0; // all octets, or-ed, in words of four
  let afterCr = false;
  let fault: ContentFault | undefined;

  function soFar(): ContentFindings {
    return { fault, traits: { size, eightBit: (bits & 0x80808080) !== 0 } };
  }

  /** Looks at octets one by one, where a line ends or may end. */
  function lookClosely(content: Uint8Array, start: number, end: number): ContentFault | undefined {
    for (let at = start; at < end; at++) {
      const octet = content[at] ?? 0;
      bits |= octet;
      if (afterCr) {
        if (octet !== LF) return "bare-cr";
        afterCr = false;
      } else if (octet === LF) {
        return "bare-lf";
      } else {
        afterCr = octet === CR;
      }
    }
    return undefined;
  }

  /** The one loop that sees every octet of every message: most octets are looked at in fours. */
  function look(content: Uint8Array, end: number): ContentFault | undefined {
    let at = Math.min(end, -content.byteOffset & 3);
    let found = lookClosely(content, 0, at);
    const words = wordsWithin(content, at, end);
    for (let index = 0; index < words.length && found === undefined; index++, at += 4) {
      const word = words[index] ?? 0;
      if (afterCr || mayHoldLineEnd(word)) found = lookClosely(content, at, at + 4);
      else bits |= word;
    }
    return found ?? lookClosely(content, at, end);
  }

  return {
    pass(content) {
      if (fault !== undefined) return false;
      // What is beyond the limit is not looked at, so that the first fault is the same fault in
      // whatever pieces the message arrives.
      const end = Math.min(content.length, maxSize - size);
      size += content.length;
      fault = look(content, end);
      if (size > maxSize) fault ??= "too-big";
      return fault === undefined;
    },
    finish() {
      if (afterCr) fault ??= "bare-cr";
      return soFar();
    },
    soFar,
  };
}

const noWords = new Uint32Array(0);

/** @param start an octet that memory holds at the beginning of a word. */
function wordsWithin({ buffer, byteOffset }: Uint8Array, start: number, end: number): Uint32Array {
  const count = (end - start) >> 2;
  return count === 0 ? noWords : new Uint32Array(buffer, byteOffset + start, count);
}

/** Whether one of a word's four octets is below 14, as CR and LF are: subtracting borrows from an
 * octet's highest bit only where the octet is smaller, or where a borrow came from the octet below,
 * which a closer look clears up. */
function mayHoldLineEnd(word: number): boolean {
  return ((word - 0x0e0e0e0e) & ~word & 0x80808080) !== 0;
}
