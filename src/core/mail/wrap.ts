// Breaks text into lines, for notices and long header fields.

/** Splits a text of one line into lines of at most `width` characters, at spaces where there are
 * any, and inside a word that is longer than a line. Always at least one line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

/** A header field, folded at spaces (RFC 5322 §2.2.3), ended by CR LF. */
export function foldField(name: string, value: string): string {
  return `${wrap(`${name}: ${value}`, 76).join("\r\n\t")}\r\n`;
}
