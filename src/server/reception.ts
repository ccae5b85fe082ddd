// All open connections of all listeners: where they arrive, who watches their time, and how they end
// when the server does.

import type { Socket } from "node:net";
import type { ConnectionCounts } from "./metrics/counters.ts";
import type { Deadlines, Expiring } from "../io/net/deadlines.ts";

/** A client's connection, whatever it speaks; it is over when its socket closes. */
export interface Connection extends Expiring {
  /** Ends the session as soon as what is under way is done. */
  shutdown(): void;
}

/** Serves a client that has just connected. */
type Serve = (socket: Socket) => Connection;

export interface Reception {
  accept(socket: Socket, counts: ConnectionCounts, serve: Serve): void;
  /** From now on connections are served; those that came earlier have waited for it. */
  open(): void;
  /** Ends every session as soon as its message is done; cuts what is left after `patience` ms. */
  close(patience: number): Promise<void>;
}

export function createReception(deadlines: Deadlines): Reception {
  const sockets = new Map<Socket, Connection | undefined>();
  let waiting: (() => void)[] | undefined = [];
  let closing = false;
  let onEmpty: (() => void) | undefined;

  function begin(socket: Socket, serve: Serve): void {
    if (socket.destroyed) return;
    const connection = serve(socket);
    sockets.set(socket, connection);
    deadlines.watch(connection);
    if (closing) connection.shutdown();
  }

  return {
    accept(socket, counts, serve) {
      sockets.set(socket, undefined);
      counts.accepted++;
      counts.open++;
      socket.on("close", () => {
        counts.open--;
        const connection = sockets.get(socket);
        if (connection !== undefined) deadlines.unwatch(connection);
        sockets.delete(socket);
        if (sockets.size === 0) onEmpty?.();
      });
      if (waiting === undefined) return begin(socket, serve);
      socket.on("error", () => socket.destroy());
      waiting.push(() => begin(socket, serve));
    },
    open() {
      const early = waiting ?? [];
      waiting = undefined;
      for (const start of early) start();
    },
    async close(patience) {
      closing = true;
      for (const connection of sockets.values()) connection?.shutdown();
      if (sockets.size === 0) return;
      const timer = setTimeout(() => {
        for (const socket of sockets.keys()) socket.destroy();
      }, patience);
      await new Promise<void>((resolve) => (onEmpty = resolve));
      clearTimeout(timer);
    },
  };
}
