// Where the manual's calls of the program are carried out: by somebody at a terminal, who types a password
// where one is asked for.

import { PassThrough } from "node:stream";
import { createReadStream } from "node:fs";
import { runInProcess } from "../../support/in-process.ts";

export interface Call {
  readonly folder: string;
  readonly words: readonly string[];
  /** A file to read standard input from. */
  readonly input: string;
}

/** What is typed where the program asks for a password, and again. */
export const typed = "correct horse battery staple";

export function runHere({ folder, words, input }: Call): ReturnType<typeof runInProcess> {
  // Others are asked at a terminal, if at all.
  const readsInput = words.includes("-") || words[0] === "sendmail";
  if (readsInput) return runInProcess({ folder, words, input: createReadStream(input) });
  const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const onError = (text: string): void => {
    if (/^(Password|Again): $/.test(text)) setImmediate(() => terminal.write(`${typed}\n`));
  };
  return runInProcess({ folder, words, input: terminal, onError });
}
