// ORCPT: a recipient as its sender wrote it (RFC 3461 §4.2), also in UTF-8 (RFC 6533 §3).

import { escapeCharacter } from "./escape.ts";
import { decodePrintableXtext } from "./xtext.ts";

/** Octets of ORCPT, once it is in ASCII; RFC 3461 §5.4 has every host take so many. */
const maxOctets = 500;

/** Printable ASCII but for + = \, UTF-8, and all else as \x{XX}. */
const unicodeText = /^(?:[!-*,-<>-[\]-~\u0080-\u{10ffff}]|\\x\{[0-9A-F]{2,6}\})+$/u;

/**
 * Reads the value of ORCPT, and gives it in the form in which it is kept and goes on: in ASCII, which
 * every host that knows ORCPT takes, with SMTPUTF8 or without.
 * @param smtputf8 whether the value may be in UTF-8
 * @returns undefined where it is none
 */
export function parseOriginalRecipient(value: string, smtputf8: boolean): string | undefined {
  const [, kind, text] = /^([a-z0-9-]+);(.+)$/is.exec(value) ?? [];
  if (kind === undefined || text === undefined) return undefined;
  const ascii = isUnicode(kind) ? unicodeToAscii(text, smtputf8) : checkedXtext(text);
  if (ascii === undefined || kind.length + 1 + ascii.length > maxOctets) return undefined;
  return `${kind};${ascii}`;
}

function isUnicode(kind: string): boolean {
  return kind.toLowerCase() === "utf-8";
}

function checkedXtext(text: string): string | undefined {
  return decodePrintableXtext(text) === undefined ? undefined : text;
}

function unicodeToAscii(text: string, smtputf8: boolean): string | undefined {
  if (!unicodeText.test(text)) return undefined;
  const points = [...text.matchAll(embedded)].map(([, hex = ""]) => parseInt(hex, 16));
  if (!points.every(isCharacter)) return undefined;
  const ascii = text.replace(/[^!-~]/gu, escapeCharacter);
  return smtputf8 || ascii === text ? ascii : undefined;
}

const embedded = /\\x\{([0-9A-F]+)\}/g;

function isCharacter(point: number): boolean {
  return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/** The field of a notice that tells it (RFC 3464 §2.3.1): `rfc822; bob@example.org`. What was
 * escaped beyond ASCII stays so, where the notice is in ASCII. */
export function describeOriginalRecipient(value: string, form: "ascii" | "utf-8"): string {
  const at = value.indexOf(";");
  const kind = value.slice(0, at);
  const text = value.slice(at + 1);
  if (!isUnicode(kind)) return `${kind}; ${decodePrintableXtext(text) ?? text}`;
  return `${kind}; ${form === "ascii" ? text : fromAscii(text)}`;
}

/** Control characters, and what is special in the escaped form, stay escaped. */
function fromAscii(text: string): string {
  return text.replace(embedded, (escaped, hex: string) => {
    const point = parseInt(hex, 16);
    return point < 0xa0 ? escaped : String.fromCodePoint(point);
  });
}
