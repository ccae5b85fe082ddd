// Reads dialogues: one `label: text` a line, as in `C: QUIT`. An empty line means nothing; the
// comment lines (#) at the top say what is being shown.
//
// In texts, \r \n \t \0 \\ and \xHH stand for octets, and each text is a line that ends with CR LF;
// a \c at its end takes the CR LF away.

import { readdirSync, readFileSync } from "node:fs";

export interface DialogueLine {
  /** Counted from 1. */
  readonly number: number;
  readonly label: string;
  readonly text: string;
}

export interface Dialogue {
  readonly file: string;
  readonly title: string;
  readonly lines: readonly DialogueLine[];
}

/** All dialogues (*.txt) of a folder, in the order of their names. */
export function readDialogues(folder: URL): readonly Dialogue[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.toSorted().map((name) => parseDialogue(name, readText(new URL(name, folder))));
}

function readText(file: URL): string {
  return readFileSync(file, "utf8");
}

/** Throws where a line has no label. */
export function parseDialogue(file: string, source: string): Dialogue {
  const lines: DialogueLine[] = [];
  const title: string[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    if (line.startsWith("#")) {
      if (lines.length === 0) title.push(line.slice(1).trim());
    } else if (line.trim() !== "") {
      const parts = /^([A-Za-z-]+):(?: (.*))?$/.exec(line);
      if (parts === null) throw new Error(`${file}:${index + 1}: no label: ${line}`);
      lines.push({ number: index + 1, label: parts[1] ?? "", text: parts[2] ?? "" });
    }
  }
  return { file, title: title.join(" "), lines };
}

/** The octets that a text stands for. */
export function octetsOf(text: string): Buffer {
  const open = text.endsWith("\\c");
  const pieces = (open ? text.slice(0, -2) : `${text}\\r\\n`).split(/(\\x[0-9a-f]{2}|\\.)/i);
  return Buffer.concat(pieces.map((piece) => octetsOfPiece(piece)));
}

const escapes: Readonly<Record<string, string>> = {
  "\\r": "\r",
  "\\n": "\n",
  "\\t": "\t",
  "\\0": "\0",
  "\\\\": "\\",
};

function octetsOfPiece(piece: string): Buffer {
  if (!piece.startsWith("\\")) return Buffer.from(piece);
  if (/^\\x/i.test(piece)) return Buffer.from(piece.slice(2), "hex");
  const meaning = escapes[piece];
  if (meaning === undefined) throw new Error(`unknown escape ${piece}`);
  return Buffer.from(meaning);
}
