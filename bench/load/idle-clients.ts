// A process of its own that opens connections, says EHLO on each and then keeps silent.
// Its parent names a server and a number of connections; it answers with how many are open, or why not.
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Address } from "../servers/server.ts";

export interface OpenRequest {
  readonly address: Address;
  /** How many connections shall be open in the end, those of earlier requests included. */
  readonly count: number;
}

const atOnce = 50;
/** Source addresses 127.0.0.2, 127.0.0.3, …: one has ports for about 28,000 connections, and limits count by it. */
const connectionsPerSource = 2_000;
const timeoutMs = 30_000;

function serve(): void {
  const sockets: Socket[] = [];
  process.on("message", (request: OpenRequest) => {
    void open(sockets, request).then(
      () => process.send?.(sockets.filter((socket) => !socket.destroyed).length),
      (error: unknown) => process.send?.(String(error)),
    );
  });
}

async function open(sockets: Socket[], { address, count }: OpenRequest): Promise<void> {
  while (sockets.length < count) {
    const batch = Math.min(atOnce, count - sockets.length);
    const source = `127.0.0.${2 + Math.floor(sockets.length / connectionsPerSource)}`;
    sockets.push(
      ...(await Promise.all(Array.from({ length: batch }, () => greet(address, source)))),
    );
  }
}

/** Resolves when the whole reply to EHLO has come. */
async function greet({ host, port }: Address, localAddress: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, localAddress });
  let received = "";
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error("no answer to EHLO")));
  socket.once("connect", () => socket.setEncoding("latin1"));
  socket.on("data", (text: string) => {
    const greeted = received.includes("\r\n");
    received += text;
    if (!greeted && received.includes("\r\n")) socket.write("EHLO idle.bench.example\r\n");
    if (/^250 .*\r\n$/m.test(received)) {
      socket.setTimeout(0);
      resolve(socket);
    }
  });
  socket.once("error", reject);
  socket.once("close", () => reject(new Error(`closed after: ${received}`)));
  return promise;
}

serve();
