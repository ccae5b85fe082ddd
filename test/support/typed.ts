// A program at a terminal, with somebody who answers it: through a pseudo terminal that Python holds.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** What is waited for, and what is typed then. */
export type Turn = readonly [shown: string, typed: string];

export interface Typed {
  /** 128 and the signal where one ended it. */
  readonly code: number | null;
  /** All that the terminal showed, without what moves the cursor. */
  readonly shown: string;
}

/** Ends with 99 where something that was waited for did not come within 30 s, nor the end. */
const script = `
import json, os, pty, select, sys, time
turns = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
out = b""
def more():
    global out
    if not select.select([fd], [], [], 0.2)[0]:
        return True
    try:
        octets = os.read(fd, 65536)
    except OSError:
        return False
    out += octets
    return octets != b""
seen = 0
missed = False
for shown, typed in turns:
    limit = time.time() + 30
    while out.find(shown.encode(), seen) < 0 and time.time() < limit and more():
        pass
    at = out.find(shown.encode(), seen)
    if at < 0:
        missed = True
        os.kill(pid, 9)
        break
    seen = at + len(shown.encode())
    os.write(fd, typed.encode())
limit = time.time() + 30
while more():
    if time.time() > limit and not missed:
        missed = True
        os.kill(pid, 9)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(out)
sys.exit(99 if missed else status if status >= 0 else 128 - status)
`;

export async function runTyped(
  command: readonly string[],
  turns: readonly Turn[],
  options: { readonly folder: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Typed> {
  const child = spawn("python3", ["-c", script, JSON.stringify(turns), ...command], {
    cwd: options.folder,
    env: { ...process.env, TERM: "xterm", ...options.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const octets = await text(child.stdout);
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  const shown = octets.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r\n", "\n");
  return { code: await ended, shown };
}
