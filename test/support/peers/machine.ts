// A machine as other people's programs see theirs: the files below /etc that the test gives it, in a
// mount namespace of its own. Nothing of the real machine changes. Needs root.

import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Cleanup } from "../cleanup.ts";
import { runCommand } from "../command.ts";
import { temporaryFolder } from "../server.ts";

/** Words that run a command there, with the command's own behind. */
export type Machine = readonly [string, ...string[]];

/** @param resolver the address that all look-ups go to, on port 53.
 * @param files other contents, by the path of a file that exists. */
export async function openMachine(
  cleanup: Cleanup,
  resolver: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Machine> {
  const folder = await temporaryFolder(cleanup);
  // glibc hides from programs that an answer was validated, unless it is told to trust the resolver.
  const resolverFile = `nameserver ${resolver}\noptions edns0 trust-ad\n`;
  const mounts: string[] = [];
  for (const [path, text] of Object.entries({ ...files, "/etc/resolv.conf": resolverFile })) {
    const file = join(folder, basename(path));
    await writeFile(file, text, { mode: 0o644 });
    mounts.push(`mount --bind ${file} ${path}`);
  }
  return ["unshare", "--mount", "sh", "-c", `${mounts.join(" && ")} && exec "$0" "$@"`];
}

/** Why there can be none; false where there can. In CI nothing may be skipped. */
export async function whyNoMachine(): Promise<string | false> {
  if (process.env["CI"] !== undefined) return false;
  const { code } = await runCommand("unshare", ["--mount", "true"]).catch(() => ({ code: null }));
  return code !== 0 && "needs root, to give the peer a resolver";
}
