/** `\x{17C}`: a character beyond ASCII, in ASCII (RFC 6533 §3). */
export function escapeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `\\x{${point.toString(16).toUpperCase().padStart(2, "0")}}`;
}
