// Carries out calls of the program within the test's own process: a start of the program costs half a
// second, and the manual has hundreds of calls.

import { PassThrough } from "node:stream";
import { createReadStream } from "node:fs";
import { runProgram } from "../../../src/app/run-program.ts";

export interface Call {
  readonly folder: string;
  readonly words: readonly string[];
  /** A file to read standard input from. */
  readonly input: string;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is typed where the program asks for a password, and again. */
export const typed = "correct horse battery staple";

/** One call after the other, as each has the process to itself. */
let last: Promise<unknown> = Promise.resolve();

export function runHere(call: Call): Promise<Answer> {
  const answer = last.then(() => runAlone(call));
  last = answer.catch(() => {});
  return answer;
}

async function runAlone({ folder, words, input }: Call): Promise<Answer> {
  const home = process.cwd();
  // Others are asked at a terminal, if at all.
  const readsInput = words.includes("-") || words[0] === "sendmail";
  const [node = "", script = "", ...own] = process.argv;
  const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {} });
  const restoreInput = replaceInput(readsInput ? createReadStream(input) : terminal);
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr, (text) => {
    if (/^(Password|Again): $/.test(text)) setImmediate(() => terminal.write(`${typed}\n`));
  });
  process.chdir(folder);
  process.argv = [node, script, ...words];
  try {
    await runProgram(words);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = undefined;
    process.chdir(home);
    process.argv = [node, script, ...own];
    stdout.end();
    stderr.end();
    restoreInput();
  }
}

function replaceInput(value: NodeJS.ReadableStream): () => void {
  const own = Object.getOwnPropertyDescriptor(process, "stdin");
  Object.defineProperty(process, "stdin", { configurable: true, value });
  return () => void (own && Object.defineProperty(process, "stdin", own));
}

/** Keeps what is written as text; the test runner writes octets, which go on. */
function capture(stream: NodeJS.WriteStream, onText: (text: string) => void = () => {}) {
  const own = stream.write.bind(stream);
  let all = "";
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it came
    if (typeof chunk !== "string") return own(chunk, ...(rest as []));
    all += chunk;
    onText(chunk);
    return true;
  };
  return {
    text: () => all,
    end: () => void (stream.write = own),
  };
}
