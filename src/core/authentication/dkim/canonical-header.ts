// Header fields in the form in which they are signed (RFC 6376 §3.4.1, §3.4.2). One character is one octet.

import type { HeaderField } from "../../mail/header-fields.ts";
import { trimBlanks } from "../../mail/trim-blanks.ts";

export type Canonicalization = "simple" | "relaxed";

/** What a signature is over (§3.7): the fields that it names, from the bottom up, each once; then its
 * own, without a value of `b` and without the last line's end. Names that no field is left for are
 * nothing. */
export function signedText(
  fields: readonly HeaderField[],
  names: readonly string[],
  own: HeaderField,
  form: Canonicalization,
): string {
  const left = Map.groupBy(fields, ({ name }) => name);
  const chosen = names.flatMap((name): string[] => {
    const field = left.get(name)?.pop();
    return field === undefined ? [] : [canonicalField(field, form)];
  });
  return chosen.join("") + unsignedField(own, form);
}

export function canonicalField({ name, text }: HeaderField, form: Canonicalization): string {
  if (form === "simple") return text.endsWith("\r\n") ? text : `${text}\r\n`;
  const value = text.slice(text.indexOf(":") + 1).replaceAll("\r\n", "");
  return `${name}:${trimBlanks(value.replace(/[ \t]+/g, " "))}\r\n`;
}

/** A signature's own field as the signature is over it. */
export function unsignedField({ name, text }: HeaderField, form: Canonicalization): string {
  const colon = text.indexOf(":") + 1;
  const value = text.slice(colon).replace(/((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*/, "$1");
  // What stood behind an emptied last value was its line's end as well.
  return canonicalField({ name, text: text.slice(0, colon) + value }, form).slice(0, -2);
}
