/** Text of any origin with all that does not show made visible: control characters, and those that
 * turn the direction of what follows. Ends of lines and tabs stay. */
export function visible(text: string): string {
  const unseen =
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
  return text.replace(unseen, (each) => {
    const code = each.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code}`;
  });
}
