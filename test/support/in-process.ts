// Carries out calls of the program within the test's own process: a start of the program costs half a
// second, and the tests have thousands of calls.

import { PassThrough } from "node:stream";
import { runProgram } from "../../src/app/run-program.ts";

interface Call {
  /** The command line, without the program. */
  readonly words: readonly string[];
  /** By default the process's own. */
  readonly folder?: string;
  /** Standard input; by default it is at its end. */
  readonly input?: NodeJS.ReadableStream;
  /** Hears what is written to standard error, as it comes. */
  readonly onError?: (text: string) => void;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One call after the other, as each has the process to itself. */
let last: Promise<unknown> = Promise.resolve();

export function runInProcess(call: Call): Promise<Answer> {
  const answer = last.then(() => runAlone(call));
  last = answer.catch(() => {});
  return answer;
}

async function runAlone({ words, folder, input, onError }: Call): Promise<Answer> {
  const home = process.cwd();
  const [node = "", script = "", ...own] = process.argv;
  const restoreInput = replaceInput(input ?? new PassThrough().end());
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr, onError);
  if (folder !== undefined) process.chdir(folder);
  process.argv = [node, script, ...words];
  try {
    await runProgram(words);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = undefined;
    if (folder !== undefined) process.chdir(home);
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
