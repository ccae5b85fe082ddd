// What operators call things: a device that has a password, a program that has a token.

/** As many characters as the store has room for. */
export const longestGivenName = 200;

/** The name without blanks around it; undefined where it is none. It is shown on terminals: nothing in it
 * may steer one, or turn the line around. */
export function givenName(text: string): string | undefined {
  const name = text.trim();
  const isPlain = !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);
  return name !== "" && name.length <= longestGivenName && isPlain ? name : undefined;
}
