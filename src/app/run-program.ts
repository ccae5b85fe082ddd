// Runs one command of the program, and turns what went wrong into one line on standard error and an
// exit code.

import { errorText } from "../core/error-text.ts";
import { CommanderError } from "commander";
import { ListenError } from "../io/net/listen-error.ts";
import { StoreError } from "../io/store/error.ts";
import { OperationError } from "../server/admin/operations.ts";
import { ConfigurationError, exitCodes, TryLaterError } from "./errors.ts";
import { printableLines } from "./print.ts";
import { createProgram } from "./program.ts";

/** Resolves when the command is done; `process.exitCode` then says what came of it, and is not set where
 * all is well.
 * @param words the command line, without the program. */
export async function runProgram(words: readonly string[]): Promise<void> {
  try {
    const program = await createProgram(words);
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    // Commander has printed its own errors.
    if (!(error instanceof CommanderError)) {
      const text = printableLines(errorText(error));
      process.stderr.write(`${text.replace(/^(?!.*:\d+:\d+: )/, "bailiwick: ")}\n`);
    }
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof OperationError) return exitCodes.no;
  if (error instanceof ConfigurationError || error instanceof ListenError) return exitCodes.usage;
  if (error instanceof TryLaterError) return exitCodes.tryLater;
  if (error instanceof StoreError) return error.passes ? exitCodes.tryLater : exitCodes.usage;
  return exitCodes.no;
}
