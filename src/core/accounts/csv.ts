// Comma-separated values (RFC 4180), read strictly: what looks cut off or garbled is a problem of its
// line, never a guess.

/** `line` is that of the file on which it begins, from 1. */
export type CsvRecord = CsvFields | LineProblem;

interface CsvFields {
  readonly line: number;
  readonly fields: readonly string[];
}

export interface LineProblem {
  readonly line: number;
  /** For whoever wrote the file. */
  readonly problem: string;
}

const bareField = /[^",\r\n]*/y;
const fieldEnd = /,|\r?\n|$/y;

/** Reads record by record, empty lines left out. */
export function* readCsv(text: string): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const { read, end } = readRecord(text, at, line);
    if ("problem" in read || read.fields.length > 1 || read.fields[0] !== "") yield read;
    line += countLines(text, at, end);
    at = end;
  }
}

interface ReadRecord {
  readonly read: CsvRecord;
  readonly end: number;
}

function readRecord(text: string, start: number, line: number): ReadRecord {
  const fields: string[] = [];
  for (let at = start; ;) {
    const isQuoted = text.charAt(at) === '"';
    const field = isQuoted ? readQuoted(text, at) : readBare(text, at);
    if (field === undefined) {
      return { read: { line, problem: "a quotation mark is never closed" }, end: text.length };
    }
    fields.push(field.value);
    fieldEnd.lastIndex = field.end;
    const end = fieldEnd.exec(text)?.[0];
    if (end === undefined) {
      const problem = objectTo(text.charAt(field.end), isQuoted);
      return { read: { line, problem }, end: nextLine(text, field.end) };
    }
    at = field.end + end.length;
    if (end === ",") continue;
    // A file that was cut off may end in the middle of a password.
    if (end !== "") return { read: { line, fields }, end: at };
    const problem = "it does not end with a line break: is the file whole? If so, add one";
    return { read: { line, problem }, end: text.length };
  }
}

interface ReadField {
  readonly value: string;
  readonly end: number;
}

function readBare(text: string, at: number): ReadField {
  bareField.lastIndex = at;
  const [value = ""] = bareField.exec(text) ?? [];
  return { value, end: at + value.length };
}

/** Undefined where the closing quotation mark is missing. */
function readQuoted(text: string, start: number): ReadField | undefined {
  let close = text.indexOf('"', start + 1);
  while (close !== -1 && text.charAt(close + 1) === '"') close = text.indexOf('"', close + 2);
  if (close === -1) return undefined;
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
}

function objectTo(character: string, isQuoted: boolean): string {
  if (isQuoted) return "something stands behind a closing quotation mark";
  if (character === "\r") return "a carriage return without a line feed stands in it";
  return 'a quotation mark stands inside a field; quote the field and write "" for it';
}

function nextLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found + 1;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    lines++;
  }
  return lines;
}
