// What the bench asks of every server that it compares.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Child, Workspace } from "../workspace.ts";

export type ServerName = "bailiwick" | "postfix" | "haraka" | "bare";

/** On loopback, always. */
export interface Address {
  readonly host: "127.0.0.1";
  readonly port: number;
}

export interface StartRequest {
  readonly workspace: Workspace;
  /** Where every message must go next. */
  readonly sink: Address;
}

export interface RunningServer {
  readonly name: ServerName;
  readonly address: Address;
  /** The process whose descendants, itself included, are the server. */
  readonly rootPid: number;
  /** What the server said so far, for the day it fails. */
  log(): string;
  stop(): Promise<void>;
}

export type Availability =
  | { readonly available: true; readonly version: string }
  | { readonly available: false; readonly why: string };

export interface ServerDriver {
  readonly name: ServerName;
  /** How it was set up, in a sentence for the report. */
  readonly setup: string;
  /** The most connections that it serves at once with this setup. */
  readonly connections: number;
  availability(): Availability;
  /** Resolves when the server greets; throws with its log if it does not. */
  start(request: StartRequest): Promise<RunningServer>;
}

/** The version that a package.json states. */
export function packageVersion(manifest: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8")))
    .version;
}

/** Waits until `ready` answers; throws with the child's output when it ended or after `timeoutMs`. */
export async function waitUntil<T>(
  child: Child,
  timeoutMs: number,
  ready: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && child.running()) {
    const value = await ready();
    if (value !== undefined) return value;
    await delay(50);
  }
  const what = child.running() ? `was not ready within ${timeoutMs} ms` : "ended at its start";
  throw new Error(`the server ${what}; it said:\n${child.output().slice(-4_000)}`);
}

/** One try: true when a server at `address` greets with 220, otherwise undefined. */
export async function greets(address: Address): Promise<true | undefined> {
  const { promise, resolve } = Promise.withResolvers<true | undefined>();
  const socket = connect(address);
  socket.setTimeout(2_000, () => socket.destroy());
  socket.once("data", (data) => {
    resolve(data.toString("latin1").startsWith("220") ? true : undefined);
    socket.end("QUIT\r\n");
  });
  socket.once("error", () => socket.destroy());
  socket.once("close", () => resolve(undefined));
  return promise;
}
