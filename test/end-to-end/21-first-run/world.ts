// What the first run's tests share: an empty folder that the server's user can pass, flags that keep
// everything on loopback, and a small DNS.

import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "../../support/cleanup.ts";
import { type DnsServer, type DnsZone, startDns } from "../../support/dns.ts";
import { freePort } from "../../support/free-port.ts";
import { temporaryFolder } from "../../support/server.ts";

export interface World {
  readonly folder: string;
  readonly dns: DnsServer;
  /** Beside those that a test is about. */
  readonly flags: readonly string[];
  /** What is added to each port. */
  readonly offset: number;
}

const usualPorts = [25, 465, 587, 995, 8025];

export async function makeWorld(cleanup: Cleanup, zone: DnsZone = {}): Promise<World> {
  const folder = await temporaryFolder(cleanup);
  await chmod(folder, 0o755);
  const dns = await startDns({ "": { signed: true }, ...zone });
  cleanup.after(() => dns.close());
  const offset = await freeOffset();
  // The user is one that every machine has.
  const words = `--directory . --listen 127.0.0.1 --port-offset ${offset} --user nobody --no-outbound`;
  const flags = [...words.split(" "), "--dns", `127.0.0.1:${dns.endpoint.port}`];
  return { folder, dns, flags, offset };
}

async function freeOffset(): Promise<number> {
  // The ports are 8,000 apart at most, below those that the system gives away.
  const first = await freePort();
  return Math.min(first, 24_000) - Math.min(...usualPorts);
}

/** Text and time of the last change. */
export async function lookAt(folder: string, ...names: readonly string[]) {
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { mtimeMs, mode } = await stat(path);
      return { name, mtimeMs, mode: mode & 0o777, text: await readFile(path, "utf8") };
    }),
  );
}
