// What a person who watches a session may see of a line: no secrets, no control characters, and not
// more than fits.

/** Words of a command that may be seen, the verb among them; `Infinity` where all of it may be. Undefined:
 * there is no such command.
 * @param verb in capitals */
export type Secrets = (verb: string, ...behind: readonly string[]) => number | undefined;

export const hidden = "(not shown)";

/** A line that is no command may be anything: the next part of a login that we have given up, or a
 * message that we did not want. */
export const noCommand = "(no command: not shown)";

/** Characters of a line that are shown. */
export const longestShown = 1_000;

/** @param isSecret the line answers a challenge */
export function shownLine(line: string, isSecret: boolean, secrets: Secrets): string {
  if (isSecret) return hidden;
  const words = line.split(/\s+/);
  const [verb = "", ...behind] = words;
  const seen = secrets(verb.toUpperCase(), ...behind);
  if (seen === undefined) return noCommand;
  if (words.length <= seen) return visible(line);
  return `${visible(words.slice(0, seen).join(" "))} ${hidden}`;
}

/** Control characters, those that turn the text around, and those that cannot be seen are escaped; what
 * is too long is cut. */
export function visible(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}\\]/gu, escaped);
}

function escaped(character: string): string {
  if (character === "\\") return "\\\\";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
