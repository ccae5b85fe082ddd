// A shell in which `bailiwick` and a few words of the tests' own are commands that the test carries out
// itself. Each of them connects, says who it is and what it is called with, and ends as it is told; what
// it prints is written to its own standard output and error (/proc, so: Linux).

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Cleanup } from "../../support/cleanup.ts";
import type { Answer } from "../../support/in-process.ts";
import type { Call } from "./desk.ts";

export type Act = (call: Call) => Promise<Answer>;

export interface Shell {
  /** Runs a script to its end, which is where the first command fails.
   * @param mayEndWith a code that is no failure */
  run(script: string, folder: string, mayEndWith?: number): Promise<Answer>;
}

/** @param typing what stands ready on standard input, for whoever reads it */
export async function openShell(
  cleanup: Cleanup,
  options: {
    readonly folder: string;
    readonly acts: Readonly<Record<string, Act>>;
    readonly typing: string;
  },
): Promise<Shell> {
  const bin = join(options.folder, "bin");
  await mkdir(bin);
  const server = createServer((socket) => void serve(socket, options.acts));
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanup.after(async () => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  for (const name of Object.keys(options.acts)) {
    const file = join(bin, name);
    // oxlint-disable-next-line no-await-in-loop -- there are a few
    await writeFile(file, stub(name, port));
    // oxlint-disable-next-line no-await-in-loop
    await chmod(file, 0o755);
  }
  const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: options.folder, LC_ALL: "C.UTF-8" };
  return {
    async run(script, folder, mayEndWith = 0) {
      // Files and not streams: those are sockets, which nobody else can open.
      const input = join(options.folder, "input");
      const out = join(options.folder, "output");
      const errors = join(options.folder, "errors");
      await writeFile(input, options.typing);
      await Promise.all([writeFile(out, ""), writeFile(errors, "")]);
      const files = await Promise.all([open(input, "r"), open(out, "a"), open(errors, "a")]);
      const child = spawn("bash", ["-c", `${strict(mayEndWith)}\n${script}`], {
        cwd: folder,
        env,
        stdio: files.map(({ fd }) => fd),
      });
      await once(child, "close");
      await Promise.all(files.map((file) => file.close()));
      const [stdout, stderr] = await Promise.all([readFile(out, "utf8"), readFile(errors, "utf8")]);
      return { code: child.exitCode ?? -1, stdout, stderr };
    },
  };
}

function strict(mayEndWith: number): string {
  const told = 'echo "it ended with $code at: $BASH_COMMAND" >&2; exit "$code"';
  return `set -E -o pipefail; trap 'code=$?; [ "$code" = ${mayEndWith} ] || { ${told}; }' ERR`;
}

/** The number of what follows, the name, the process, the folder, a file with the input of those that
 * read it, the words; each with a NUL behind. */
function stub(name: string, port: number): string {
  return `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port}
input=/dev/null
case " $* " in *" - "* | " sendmail "*) input=$(mktemp -p "$HOME") && cat > "$input" ;; esac
printf '%s\\0' "$(($# + 4))" ${name} "$$" "$PWD" "$input" "$@" >&3
read -r code <&3
exit "$code"
`;
}

async function serve(socket: Socket, acts: Readonly<Record<string, Act>>): Promise<void> {
  let heard = "";
  socket.setEncoding("utf8").on("error", () => {});
  for await (const piece of socket) {
    heard += String(piece);
    const [count, name = "", pid = "", folder = "", input = "", ...words] = heard.split("\0");
    if (Number(count) !== words.length + 3) continue;
    const streams = `/proc/${pid}/fd`;
    const call = { folder, words: words.slice(0, -1), input };
    const answer = await (acts[name] ?? unknown)(call).catch(failed);
    await appendFile(`${streams}/1`, answer.stdout);
    await appendFile(`${streams}/2`, answer.stderr);
    socket.end(`${answer.code}\n`);
    return;
  }
}

const unknown: Act = async ({ words }) => ({ code: 127, stdout: "", stderr: words.join(" ") });

function failed(error: unknown): Answer {
  return { code: 99, stdout: "", stderr: `${String(error)}\n` };
}
