// JSON leaves characters as they are that steer some terminals, or turn the direction of a line: whoever
// looks at the log is to see what was sent, and nothing else.

const unseen = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** @param lines JSON: in it, such characters stand in strings alone */
export function escapedLines(lines: string): string {
  return lines.replace(unseen, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** For those who read JSON and write what its strings mean: control characters are none any more.
 * @param line JSON */
export function plainLine(line: string): string {
  return line.replace(unseen, "?").replace(/(?<!\\)((?:\\\\)*)\\u(?:00[01][0-9a-f]|007f)/g, "$1?");
}
