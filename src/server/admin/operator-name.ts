// Names of operators: they stand in logs, on pages and on the command line.

export const operatorNameExpected =
  "up to 64 letters, digits, dots, hyphens and underlines, such as ann";

export function isOperatorName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/.test(text);
}
