// Questions to somebody at a terminal, line by line. What was typed or pasted ahead is not lost.

import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import type { Result } from "../../core/result.ts";
import { ConfigurationError } from "../errors.ts";
import { printableLines } from "../print.ts";

export interface Terminal {
  /** Shows a text. */
  say(text: string): void;
  /** Asks until `read` takes the answer.
   * @param suggestion what an empty line stands for; shown in brackets */
  ask<Value>(
    prompt: string,
    read: (text: string) => Result<Value, string>,
    suggestion?: string,
  ): Promise<Value>;
  /** Asks without an echo. */
  askSecret(prompt: string): Promise<string>;
  close(): void;
}

/** @throws {ConfigurationError} from each question, when the input ends */
export function openTerminal(
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WriteStream = process.stderr,
): Terminal {
  let isSilent = false;
  const echo = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      if (!isSilent) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const typed = queueOf(lines);
  // Whoever waits for the signal says what was done so far.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));

  async function next(prompt: string): Promise<string> {
    lines.setPrompt(prompt);
    lines.prompt();
    const line = await typed.next();
    if (line === undefined) {
      throw new ConfigurationError("the input has ended before all questions were answered");
    }
    return line.trim();
  }

  return {
    say: (text) => void output.write(printableLines(text)),
    async ask(prompt, read, suggestion) {
      const shown = suggestion === undefined ? `${prompt}: ` : `${prompt} [${suggestion}]: `;
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- until there is an answer
        const text = await next(`  ${shown}`);
        const answer = read(text === "" && suggestion !== undefined ? suggestion : text);
        if (answer.ok) return answer.value;
        output.write(printableLines(`  ${answer.problem}\n`));
      }
    },
    async askSecret(prompt) {
      output.write(`  ${prompt}: `);
      isSilent = true;
      try {
        return await next("");
      } finally {
        isSilent = false;
        output.write("\n");
      }
    },
    close: () => lines.close(),
  };
}

interface Lines {
  /** Undefined when there are no more. */
  next(): Promise<string | undefined>;
}

/** Lines that come while nobody asks wait. */
function queueOf(lines: Interface): Lines {
  const typed: string[] = [];
  const state: { isOver: boolean; onNews: (() => void) | undefined } = {
    isOver: false,
    onNews: undefined,
  };
  lines.on("line", (line) => {
    typed.push(line);
    state.onNews?.();
  });
  lines.on("close", () => {
    state.isOver = true;
    state.onNews?.();
  });
  return {
    async next() {
      if (typed.length === 0 && !state.isOver) {
        await new Promise<void>((resolve) => (state.onNews = resolve));
      }
      return typed.shift();
    },
  };
}
