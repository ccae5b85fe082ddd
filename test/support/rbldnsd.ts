// Debian's rbldnsd on loopback, as people run it for their own lists.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { startProgram } from "./program.ts";
import { type Endpoint, temporaryFolder } from "./server.ts";

/** A zone's data: the format (`ip4set`, `ip6trie`) and its text, as rbldnsd(8) describes them. */
export interface RblZone {
  readonly zone: string;
  readonly format: string;
  readonly data: string;
}

/** Resolves when it answers; it is stopped after the test. Started as root it becomes nobody. */
export async function startRbldnsd(cleanup: Cleanup, zones: readonly RblZone[]): Promise<Endpoint> {
  const folder = await temporaryFolder(cleanup);
  await chmod(folder, 0o755);
  const words = await Promise.all(
    zones.map(async ({ zone, format, data }, index) => {
      const file = join(folder, `${index}.zone`);
      await writeFile(file, data);
      return `${zone}:${format}:${file}`;
    }),
  );
  const port = await freePort();
  const become = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const command = ["-n", ...become, "-b", `127.0.0.1/${port}`, ...words];
  await startProgram(cleanup, ["rbldnsd", ...command], / started \(/);
  return { host: "127.0.0.1", port };
}

/** rbldnsd cannot let the system choose. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
