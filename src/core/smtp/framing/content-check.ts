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
  let bits = 0; // all octets, or-ed
  let afterCr = false;
  let fault: ContentFault | undefined;

  function soFar(): ContentFindings {
    return { fault, traits: { size, eightBit: bits > 0x7f } };
  }

  /** The one loop that sees every octet of every message: most octets cost one comparison. */
  function look(content: Uint8Array, end: number): ContentFault | undefined {
    let at = 0;
    if (afterCr && end > 0) {
      afterCr = false;
      if (content[at++] !== LF) return "bare-cr";
    }
    for (; at < end; at++) {
      const octet = content[at] ?? 0;
      bits |= octet;
      if (octet > CR) continue;
      if (octet === LF) return "bare-lf";
      if (octet !== CR) continue;
      if (++at === end) afterCr = true;
      else if (content[at] !== LF) return "bare-cr";
    }
    return undefined;
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
