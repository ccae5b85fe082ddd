// xtext: how printable text of any kind stands in a parameter of MAIL or RCPT (RFC 3461 §4).

/** What is not printable ASCII, and + and =, stands as +XX. */
const xtext = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})+$/;

/** @returns undefined where it is no xtext, or an empty one. */
export function decodeXtext(text: string): string | undefined {
  if (!xtext.test(text)) return undefined;
  return text.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Decodes what must be printable ASCII and white space once it is decoded: so it is with all that
 * ends up in a notice, where a line end would begin a field of somebody else's choice. */
export function decodePrintableXtext(text: string): string | undefined {
  const decoded = decodeXtext(text);
  return decoded !== undefined && /^[\t -~]+$/.test(decoded) ? decoded : undefined;
}

/** Printable ASCII as xtext; what else there is stays, and makes it none. */
export function encodeXtext(text: string): string {
  return text.replace(/[ +=]/g, inHex);
}

function inHex(character: string): string {
  return `+${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
