// What a program of this machine writes as a message, made into lines that end in CR LF: the only ends
// that SMTP has, and the only place for a CR or LF in a message.

const LF = 10;
const CR = 13;
const SP = 32;
const dot = 46;

/** Lines may end in LF or CR LF. A CR by itself begins a line too, as programs write that show their
 * progress; in the header it becomes a blank, so that nobody's subject makes a field of its own.
 * @param dotEnds a line with a dot alone ends it: what follows is not looked at */
export function toMailLines(octets: Uint8Array, dotEnds: boolean): Uint8Array<ArrayBuffer> {
  const input = octets.subarray(startOf(octets));
  const lines = new Uint8Array(input.length * 2 + 2);
  let length = 0;
  let lineStart = 0;
  let inHeader = true;

  function endLine(): void {
    inHeader &&= length > lineStart;
    lines[length++] = CR;
    lines[length++] = LF;
    lineStart = length;
  }

  for (let at = 0; at < input.length; at++) {
    const octet = input[at] ?? 0;
    const isLoneCr = octet === CR && input[at + 1] !== LF;
    if (octet === LF || (isLoneCr && !inHeader)) {
      if (dotEnds && octet === LF && length === lineStart + 1 && lines[lineStart] === dot) {
        return lines.subarray(0, lineStart);
      }
      endLine();
    } else if (octet !== CR) {
      lines[length++] = octet;
    } else if (isLoneCr) {
      lines[length++] = SP;
    }
  }
  if (dotEnds && length === lineStart + 1 && lines[lineStart] === dot) length = lineStart;
  if (length > lineStart) endLine();
  return lines.subarray(0, length);
}

const from = new TextEncoder().encode("From ");

/** Behind the line that begins each message of an mbox file, where there is one. */
function startOf(octets: Uint8Array): number {
  if (!from.every((octet, at) => octets[at] === octet)) return 0;
  const end = octets.indexOf(LF);
  return end === -1 ? octets.length : end + 1;
}
