// The control socket of a running server: one JSON line in, one JSON line out, for each connection.
// It lies in the data directory with mode 0600: whoever may open it may also read the store.

import { createServer, type Server, type Socket } from "node:net";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { ControlReply, ControlRequest } from "./protocol.ts";

/** Carries out a call. What it throws is sent back. */
export type ControlHandler = (request: ControlRequest) => Promise<unknown>;

export interface ControlServer {
  /** Carries out the calls that have come, and cuts those who have not called yet. */
  close(): Promise<void>;
}

/** Binds the socket. A file left by a process that died is removed; that no other server runs on
 * this directory must be certain already (the store is locked). */
export async function startControlServer(
  path: string,
  handle: ControlHandler,
  explain: (error: unknown) => ControlReply,
): Promise<ControlServer> {
  await rm(path, { force: true });
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket);
    socket.on("close", () => silent.delete(socket));
    serve(socket, (line) => {
      silent.delete(socket);
      return reply(line, handle, explain);
    });
  });
  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of silent) socket.destroy();
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // The mode must be right from the first moment, not after a chmod.
    const before = process.umask(0o177);
    server.listen(path, () => resolve());
    process.umask(before);
  });
}

function serve(socket: Socket, answer: (line: string) => Promise<string>): void {
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).once("line", (line) => {
    void answer(line).then((text) => {
      socket.write(text);
      socket.destroySoon(); // without waiting for the caller's end
    });
  });
}

async function reply(
  line: string,
  handle: ControlHandler,
  explain: (error: unknown) => ControlReply,
): Promise<string> {
  let answer: ControlReply;
  try {
    const request: ControlRequest = JSON.parse(line);
    answer = { ok: true, value: (await handle(request)) ?? null };
  } catch (error) {
    answer = explain(error);
  }
  return `${JSON.stringify(answer)}\n`;
}
