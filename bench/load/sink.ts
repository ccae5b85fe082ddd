// Postfix's smtp-sink: where every message ends. It counts in C, into a file that we look at, so
// that the bench itself takes next to no processor time from the servers.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../test/support/free-port.ts";
import { greets, waitUntil } from "../servers/server.ts";
import type { Address } from "../servers/server.ts";
import type { Workspace } from "../workspace.ts";

export interface Sink {
  readonly address: Address;
  /** Messages received since it started. */
  received(): number;
  /** Waits, for at most `timeoutMs`, until `count` messages have come. Returns whether they have. */
  waitFor(count: number, timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

const pollMs = 4;

export async function startSink(workspace: Workspace): Promise<Sink> {
  const address: Address = { host: "127.0.0.1", port: await freePort() };
  const counters = join(workspace.memoryDirectory, `sink-${address.port}`);
  const child = workspace.spawn({
    command: "smtp-sink",
    args: [...asOtherUser(), "-c", "-m", "2000", `${address.host}:${address.port}`, "1024"],
    stdout: counters,
  });
  await waitUntil(child, 5_000, () => greets(address));
  const file = openSync(counters, "r");
  const received = () => lastCount(file);
  return {
    address,
    received,
    async waitFor(count, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (received() < count) {
        if (performance.now() > deadline || !child.running()) return false;
        await delay(pollMs);
      }
      return true;
    },
    async stop() {
      await child.stop(2_000);
      closeSync(file);
    },
  };
}

/** smtp-sink insists on shedding root's rights. */
function asOtherUser(): readonly string[] {
  return process.getuid?.() === 0 ? ["-u", "nobody"] : [];
}

/** The file is a row of `sess=1 quit=1 mesg=1\r`; only the last one matters. */
function lastCount(file: number): number {
  const tail = Buffer.alloc(128);
  const position = Math.max(0, fstatSync(file).size - tail.length);
  const length = readSync(file, tail, 0, tail.length, position);
  const counts = tail.toString("latin1", 0, length).match(/mesg=\d+(?=\r)/g);
  return Number(counts?.at(-1)?.slice("mesg=".length) ?? 0);
}
