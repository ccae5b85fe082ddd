// The program's entry.

import { runProgram } from "./run-program.ts";

// Whoever reads what we print may have seen enough (`| head`): the rest is for nobody.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

await runProgram(process.argv.slice(2));
