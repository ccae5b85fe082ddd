// Calls a running server over its control socket.

import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { ControlReply, ControlRequest } from "./protocol.ts";

/** Whether a server listens there. */
export async function serverListens(path: string): Promise<boolean> {
  const socket = await connect(path);
  socket?.destroy();
  return socket !== undefined;
}

/** Sends one call and waits for its answer; undefined where no server listens there. */
export async function callServer(
  path: string,
  request: ControlRequest,
): Promise<ControlReply | undefined> {
  const socket = await connect(path);
  if (socket === undefined) return undefined;
  socket.write(`${JSON.stringify(request)}\n`);
  const line = await text(socket);
  if (line === "") return { ok: false, kind: "later", text: "the server went away; try again" };
  const reply: ControlReply = JSON.parse(line);
  return reply;
}

/** Sends one call and gives its answers as they come; undefined where no server listens there. */
export async function streamFromServer(
  path: string,
  request: ControlRequest,
): Promise<AsyncIterable<ControlReply> | undefined> {
  const socket = await connect(path);
  if (socket === undefined) return undefined;
  socket.write(`${JSON.stringify(request)}\n`);
  return repliesOn(socket);
}

async function* repliesOn(socket: Socket): AsyncGenerator<ControlReply, void, undefined> {
  try {
    for await (const line of createInterface({ input: socket })) {
      const reply: ControlReply = JSON.parse(line);
      yield reply;
    }
  } finally {
    socket.destroy();
  }
}

function connect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // No socket, or one that a dead process left: no server runs.
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
  });
}
