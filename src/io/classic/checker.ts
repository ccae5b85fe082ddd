// One run of a program that reads from descriptor 3 and says all by how it ends.

import { type ChildProcess, spawn } from "node:child_process";
import { errorText } from "../../core/error-text.ts";
import { errorCode } from "../error-code.ts";

export interface CheckerRun {
  /** Its path, then its arguments. No shell sees them. */
  readonly program: readonly [string, ...string[]];
  /** Written to descriptor 3, which is then closed. */
  readonly input: Uint8Array;
  /** All that the program sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
}

export type Ending =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "timed-out" }
  /** `passing`: this machine is short of something; else the program is at fault. */
  | { readonly kind: "not-started"; readonly why: string; readonly passing: boolean };

/** Runs the program to its end, or to the end of its time, when it and all that it has started are
 * killed. Whatever it writes goes nowhere. Never rejects. */
export async function runChecker(run: CheckerRun): Promise<Ending> {
  try {
    return await untilEnd(start(run), run);
  } catch (error) {
    return notStarted(error);
  }
}

function start({ program: [path, ...words], environment }: CheckerRun): ChildProcess {
  return spawn(path, words, {
    env: environment,
    cwd: "/",
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    // A session of its own, so that a kill reaches all of it.
    detached: true,
  });
}

function untilEnd(child: ChildProcess, { input, timeout }: CheckerRun): Promise<Ending> {
  return new Promise((resolve) => {
    const pipe = child.stdio[3];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, timeout);
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      pipe?.destroy();
      resolve(ending);
    };
    child.once("error", (error) => end(notStarted(error)));
    child.once("exit", (code, signal) => {
      if (timedOut) end({ kind: "timed-out" });
      else if (code === null) end({ kind: "killed", signal: signal ?? "a signal" });
      else end({ kind: "exited", code });
    });
    // A program may end without having read.
    pipe?.on("error", () => {});
    if (pipe && "end" in pipe) pipe.end(input);
  });
}

/** No process, no descriptor or no memory is left. */
const shortages: ReadonlySet<string | undefined> = new Set([
  "EAGAIN",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
]);

function notStarted(error: unknown): Ending {
  const passing = shortages.has(errorCode(error));
  return { kind: "not-started", why: errorText(error), passing };
}

function killGroup(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
