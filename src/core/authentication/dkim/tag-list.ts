// Lists of tags and values, as signatures and keys hold them (RFC 6376 §3.2).

import { trimBlanks } from "../../mail/trim-blanks.ts";

export type TagList = ReadonlyMap<string, string>;

/** Values have no white space around them, and their line ends are taken out. Undefined where the text is
 * no such list, or names a tag twice. */
export function parseTagList(text: string): TagList | undefined {
  const tags = new Map<string, string>();
  const parts = text.replaceAll("\r\n", "").split(";");
  // One may stand at the end.
  if (/^[ \t]*$/.test(parts.at(-1) ?? "")) parts.pop();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = trimBlanks(part.slice(0, Math.max(equals, 0)));
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || tags.has(name)) return undefined;
    tags.set(name, trimBlanks(part.slice(equals + 1)));
  }
  return tags;
}

/** The list between colons, without white space around its entries. */
export function colonList(value: string): readonly string[] {
  return value.split(":").map(trimBlanks);
}

/** Base64 may be broken anywhere. */
export function withoutBlanks(value: string): string {
  return value.replace(/[ \t\r\n]+/g, "");
}
