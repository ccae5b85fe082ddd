// Octets as lines of ASCII that every mail host takes (RFC 2045 §6.7).

const carriageReturn = 13;
const lineFeed = 10;
const maxLine = 76;

/** Encodes text whose lines end with CR LF. A CR or LF by itself is encoded as an octet. */
export function encodeQuotedPrintable(octets: Uint8Array): string {
  let text = "";
  let lineLength = 0;
  for (let at = 0; at < octets.length; at++) {
    if (isLineEnd(octets, at)) {
      text += "\r\n";
      lineLength = 0;
      at++;
      continue;
    }
    const token = encodeOctet(
      octets[at] ?? 0,
      at + 1 === octets.length || isLineEnd(octets, at + 1),
    );
    // One column stays free for the = of a soft line break.
    if (lineLength + token.length > maxLine - 1) {
      text += "=\r\n";
      lineLength = 0;
    }
    text += token;
    lineLength += token.length;
  }
  return text;
}

function isLineEnd(octets: Uint8Array, at: number): boolean {
  return octets[at] === carriageReturn && octets[at + 1] === lineFeed;
}

function encodeOctet(octet: number, endsLine: boolean): string {
  const blank = octet === 0x20 || octet === 0x09;
  const plain = (octet > 0x20 && octet < 0x7f && octet !== 0x3d) || (blank && !endsLine);
  if (plain) return String.fromCharCode(octet);
  return `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
}

const maxPlainLine = 998;

/** Which octets may stand in a part as they are (RFC 2045 §2.7, §2.8). */
export type PlainEncoding = "7bit" | "8bit";

/** Whether octets may stand in a part as they are: in lines of at most 998 octets that end with CR LF,
 * and no control characters that a terminal would obey. */
export function isPlain(octets: Uint8Array, encoding: PlainEncoding): boolean {
  const last = encoding === "7bit" ? 0x7e : 0xff;
  let lineStart = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (isLineEnd(octets, at)) {
      lineStart = at + 2;
      at++;
    } else if (octet > last || octet === 0x7f || (octet < 0x20 && octet !== 0x09)) {
      return false;
    } else if (at - lineStart >= maxPlainLine) {
      return false;
    }
  }
  return true;
}
