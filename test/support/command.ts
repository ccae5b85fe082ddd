// Programs of other people that the tests use where they are installed.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { CommandResult } from "./server.ts";

/** Runs a program to its end, found as a shell would. */
export async function runCommand(
  command: string,
  words: readonly string[],
  input: string | Uint8Array = "",
): Promise<CommandResult> {
  const child = spawn(command, words);
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  child.stdin.on("error", () => {}); // it may end without reading its input
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** Why a test that needs `command` is skipped; false where the program is there. In CI nothing may
 * be skipped: there the test runs, and fails. */
export async function whyMissing(command: string): Promise<string | false> {
  if (process.env["CI"] !== undefined) return false;
  const { code } = await runCommand("sh", [
    "-c",
    `PATH="$PATH:/usr/sbin:/sbin"; command -v ${command}`,
  ]);
  return code !== 0 && `${command} is not installed`;
}
