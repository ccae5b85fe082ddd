// The program's entry: reads the command line, runs one command, and turns what went wrong into one
// line on standard error and an exit code.

import { errorText } from "../core/error-text.ts";
import { CommanderError } from "commander";
import { ListenError } from "../io/net/listen-error.ts";
import { StoreError } from "../io/store/error.ts";
import { OperationError } from "../server/admin/operations.ts";
import { ConfigurationError, exitCodes, TryLaterError } from "./errors.ts";
import { printableLines } from "./print.ts";
import { createProgram } from "./program.ts";

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof OperationError) return exitCodes.no;
  if (error instanceof ConfigurationError || error instanceof ListenError) return exitCodes.usage;
  if (error instanceof TryLaterError) return exitCodes.tryLater;
  if (error instanceof StoreError) {
    const passes = ["locked", "full", "unavailable"].includes(error.kind);
    return passes ? exitCodes.tryLater : exitCodes.usage;
  }
  return exitCodes.no;
}

// Whoever reads what we print may have seen enough (`| head`): the rest is for nobody.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has printed its own errors.
  if (!(error instanceof CommanderError)) {
    const text = printableLines(errorText(error));
    process.stderr.write(`${text.replace(/^(?!.*:\d+:\d+: )/, "bailiwick: ")}\n`);
  }
  process.exitCode = exitCodeOf(error);
}
