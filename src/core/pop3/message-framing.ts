// A stored message as octets of a reply to RETR or TOP (RFC 1939 §3 and §7): every line ends with
// CR LF, whether the mailbox keeps lines with LF or with CR LF; leading dots are doubled; a line with a
// dot ends it. TOP's cut is made here too, for lines are counted here.

export interface MessageFraming {
  /** The octets that the next chunk of the message becomes. */
  push(chunk: Uint8Array): Uint8Array;
  /** All that TOP wants has come: what follows need not be read. */
  readonly isComplete: boolean;
  /** The rest of the last line, and the end. */
  end(): Uint8Array;
}

const CR = 13;
const LF = 10;
const DOT = 46;

/** Octets that a chunk may become: each line with a CR and a dot more, and a dot for the line that it
 * begins with. */
function mostFramed(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) lines++;
  return chunk.length + 2 * lines + 1;
}

/** @param bodyLines lines of the body behind the header and the empty line; undefined for all. */
export function frameMessage(bodyLines: number | undefined): MessageFraming {
  let position: "line-start" | "in-line" | "after-cr" = "line-start";
  /** An empty line has only a CR before its LF, if anything. */
  let isEmptyLine = true;
  let inHeader = true;
  /** Lines of the body that are still wanted. */
  let wanted = bodyLines ?? Infinity;
  let isComplete = false;

  function endLine(): void {
    if (!inHeader) wanted--;
    else if (isEmptyLine) inHeader = false;
    isComplete = !inHeader && wanted <= 0;
    position = "line-start";
    isEmptyLine = true;
  }

  function push(chunk: Uint8Array): Uint8Array {
    const framed = new Uint8Array(mostFramed(chunk));
    let length = 0;
    let from = 0;
    while (from < chunk.length && !isComplete) {
      if (position === "line-start" && chunk[from] === DOT) framed[length++] = DOT;
      const lf = chunk.indexOf(LF, from);
      const stop = lf === -1 ? chunk.length : lf;
      const line = chunk.subarray(from, stop);
      framed.set(line, length);
      length += line.length;
      note(line);
      if (lf === -1) break;
      if (position !== "after-cr") framed[length++] = CR;
      framed[length++] = LF;
      endLine();
      from = lf + 1;
    }
    return framed.subarray(0, length);
  }

  /** Remembers of a piece of a line what its end depends on. */
  function note(line: Uint8Array): void {
    if (line.length === 0) return;
    const last = line[line.length - 1];
    if (isEmptyLine && !(position === "line-start" && line.length === 1 && last === CR)) {
      isEmptyLine = false;
    }
    position = last === CR ? "after-cr" : "in-line";
  }

  return {
    push,
    get isComplete() {
      return isComplete;
    },
    end() {
      const ending = position === "line-start" ? ".\r\n" : "\r\n.\r\n";
      return Uint8Array.from(ending, (character) => character.charCodeAt(0));
    },
  };
}
