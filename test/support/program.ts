// Another program beside a test: started, waited for until it says that it is ready, and stopped.

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Cleanup } from "./cleanup.ts";
import { waitUntil } from "./wait.ts";

/** Debian keeps servers where only root's shell looks. */
export const environment = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };

/** @param ready what it says once it can be used, or a look at whether it can. */
export async function startProgram(
  cleanup: Cleanup,
  [command, ...words]: readonly [string, ...string[]],
  ready: RegExp | (() => Promise<boolean>),
): Promise<void> {
  const child = spawn(command, words, { env: environment });
  const ended = once(child, "close");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  cleanup.after(async () => {
    child.kill();
    await ended;
  });
  const isReady = ready instanceof RegExp ? () => ready.test(said) : ready;
  await Promise.race([
    waitUntil(`${command} is ready`, isReady, 20_000),
    ended.then(() => {
      throw new Error(`${command} ended before it was ready:\n${said}`);
    }),
  ]);
}
