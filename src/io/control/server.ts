// The control socket of a running server: one JSON line in, one JSON line out, for each connection; or
// many lines out, where what was asked for goes on.
// It lies in the data directory with mode 0600: whoever may open it may also read the store.

import { createServer, type Server, type Socket } from "node:net";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import {
  type ControlReply,
  type ControlRequest,
  type ControlStream,
  isStream,
} from "./protocol.ts";

/** Carries out a call; where that brings a `ControlStream`, its values are sent as they come. What it
 * throws is sent back. */
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

function serve(socket: Socket, answer: (line: string) => Promise<string | ControlStream>): void {
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  // It passes on what the socket says of a caller that is gone.
  lines.on("error", () => {});
  lines.once("line", (line) => {
    void answer(line).then(async (answered) => {
      if (typeof answered === "string") socket.write(answered);
      else await send(socket, answered);
      socket.destroySoon(); // without waiting for the caller's end
    });
  });
}

/** Ends when the stream does, or the caller goes. */
async function send(socket: Socket, stream: ControlStream): Promise<void> {
  socket.on("close", () => stream.close());
  if (socket.destroyed) stream.close();
  for await (const value of stream) {
    if (socket.destroyed) return;
    if (!socket.write(format({ ok: true, value }))) await drained(socket);
  }
}

/** What was written has gone out, or never will. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      socket.off("drain", end);
      socket.off("close", end);
      resolve();
    };
    socket.on("drain", end);
    socket.on("close", end);
    if (socket.destroyed) end();
  });
}

async function reply(
  line: string,
  handle: ControlHandler,
  explain: (error: unknown) => ControlReply,
): Promise<string | ControlStream> {
  try {
    const request: ControlRequest = JSON.parse(line);
    const value = (await handle(request)) ?? null;
    return isStream(value) ? value : format({ ok: true, value });
  } catch (error) {
    return format(explain(error));
  }
}

function format(answer: ControlReply): string {
  return `${JSON.stringify(answer)}\n`;
}
