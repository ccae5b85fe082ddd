// The files of an installation, and how qmail reads those in its folder `control`.

import { quote, type Report } from "./report.ts";

export interface InstalledFile {
  /** That of the installation itself. */
  readonly path: string;
  /** An octet to a character (Latin-1). */
  readonly text: string;
}

export interface Line {
  readonly text: string;
  readonly at: { readonly path: string; readonly line: number };
}

/** Lines that hold something, as qmail's control_readfile takes them: without blanks at their end and
 * without comments. What could not be meant so is told of. */
export function controlLines(file: InstalledFile | undefined, report: Report): readonly Line[] {
  if (file === undefined) return [];
  const { path } = file;
  const lines = file.text.split("\n");
  if (lines.some((line) => line.endsWith("\r"))) {
    report.translated(
      { path },
      "its lines end in CR LF, which qmail takes for part of each entry, so they did nothing; they are read without",
    );
  }
  return lines.flatMap((raw, index) => {
    const at = { path, line: index + 1 };
    const text = raw.replace(/[ \t\r]+$/, "");
    if (text === "" || text.startsWith("#")) return [];
    const fault = faultOf(text);
    if (fault === undefined) return [{ text, at }];
    // What follows a blank may be a password.
    report.operator(at, `${quote(text.split(/\s/)[0] ?? "")} is left out: ${fault}`);
    return [];
  });
}

function faultOf(text: string): string | undefined {
  if (text.includes("\0")) return "there is a NUL in it; mend the file";
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) {
    return "there is a control character in it; mend the file";
  }
  if (/[^\0-\u007f]/.test(text)) {
    return "it is not ASCII, and no client sends such names; write it as xn--…";
  }
  return text.length > 1000 ? "it is longer than any entry can be" : undefined;
}

/** The first line, as qmail's control_readline takes it. */
export function controlValue(file: InstalledFile | undefined, report: Report): Line | undefined {
  const [first, second] = controlLines(file, report);
  if (first !== undefined && second !== undefined) {
    report.leftOut(second.at, "only the first line of this file counts, in qmail as well");
  }
  return first;
}

export interface ControlNumber {
  readonly value: number;
  readonly at: Line["at"];
}

/** The number that the first line begins with, as qmail's control_readint takes it. */
export function controlNumber(
  file: InstalledFile | undefined,
  report: Report,
): ControlNumber | undefined {
  const line = controlValue(file, report);
  if (line === undefined) return undefined;
  const digits = /^[0-9]+/.exec(line.text)?.[0];
  const value = Number(digits);
  if (digits !== undefined && Number.isSafeInteger(value)) {
    if (digits === line.text) return { value, at: line.at };
    report.translated(line.at, `of ${quote(line.text)} only ${digits} counts, in qmail as well`);
    return { value, at: line.at };
  }
  report.operator(line.at, `${quote(line.text)} is no number, so the default holds; mend the file`);
  return undefined;
}
