// What submission does to a header (RFC 6409 §8): takes out the recipients that nobody may see, and adds
// what is missing. All else stays octet for octet. New fields stand at the header's end, so that a
// signature over fields that were there already goes on to hold.

import { fieldSlices } from "../mail/header-fields.ts";
import { type HeaderEnd, nameLength } from "./header-gate.ts";

/** What is added where it is missing. */
export interface AddedFields {
  /** A date, as date.ts writes it. */
  readonly date: string;
  /** With its angle brackets. */
  readonly messageId: string;
}

export interface EditedHeader {
  /** In their order; slices of the header, and new lines. */
  readonly pieces: readonly Uint8Array[];
  /** Slices of the header. */
  readonly removed: readonly Uint8Array[];
  /** What each From field says, as text. */
  readonly from: readonly string[];
  readonly sender: readonly string[];
}

interface Field {
  /** In lower case. */
  readonly name: string;
  /** From the name to the last line's end. */
  readonly octets: Uint8Array;
}

const encoder = new TextEncoder();

/** @param header whole lines that are fields, but that the last may have no line end. */
export function editHeader(header: Uint8Array, end: HeaderEnd, added: AddedFields): EditedHeader {
  const fields = fieldsOf(header);
  const kept = fields.filter((field) => !isRemoved(field)).map(({ octets }) => octets);
  const missing = missingFields(new Set(fields.map(({ name }) => name)), added);
  const isCutOff = missing !== "" && (kept.at(-1)?.at(-1) ?? 10) !== 10;
  const lines = `${isCutOff ? "\r\n" : ""}${missing}${end === "body" ? "\r\n" : ""}`;
  const valuesOf = (wanted: string) =>
    fields.filter(({ name }) => name === wanted).map(({ octets }) => valueOf(octets));
  return {
    pieces: lines === "" ? kept : [...kept, encoder.encode(lines)],
    removed: fields.filter(isRemoved).map(({ octets }) => octets),
    from: valuesOf("from"),
    sender: valuesOf("sender"),
  };
}

function isRemoved({ name }: Field): boolean {
  return name === "bcc" || name === "resent-bcc";
}

function missingFields(names: ReadonlySet<string>, { date, messageId }: AddedFields): string {
  const dateField = names.has("date") ? "" : `Date: ${date}\r\n`;
  return names.has("message-id") ? dateField : `${dateField}Message-ID: ${messageId}\r\n`;
}

function fieldsOf(header: Uint8Array): readonly Field[] {
  const decoder = new TextDecoder();
  return fieldSlices(header).map((octets) => {
    const name = decoder.decode(octets.subarray(0, nameLength(octets)));
    return { name: name.toLowerCase(), octets };
  });
}

/** Octets that are no UTF-8 become U+FFFD: they are part of no address of ours. */
function valueOf(field: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    field.subarray(field.indexOf(58) + 1),
  );
}
