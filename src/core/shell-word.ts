/** A word of a command that is printed for people to copy into a shell: an address may hold quotes, dollars
 * and backquotes, and a stranger wrote it. */
export function shellWord(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
