// The way in through proxies: a connection must come from one of them, and begins with a header that
// says which client it is for (core/proxy-protocol). Only then is it anybody's.

import type { Socket } from "node:net";
import { type IpAddress, type Prefix, prefixContains } from "../../core/mail/ip.ts";
import { concat } from "../../core/octets.ts";
import { parseProxyHeader } from "../../core/proxy-protocol/header.ts";

/** A connection that was closed before it was anybody's. */
export interface Unproxied {
  readonly peer: IpAddress;
  /** What was wrong with it, as the end of a sentence. */
  readonly why: string;
  /** How many were closed so at this door. */
  readonly count: number;
}

export interface ProxyDoorOptions {
  readonly proxies: readonly Prefix[];
  /** Takes a connection over, with the octets behind its header still to be read. A connection of a
   * proxy's own comes with the proxy's address. */
  readonly onClient: (socket: Socket, client: IpAddress) => void;
  readonly onRefused: (refused: Unproxied) => void;
}

export interface ProxyDoor {
  readonly open: (socket: Socket, peer: IpAddress) => void;
  /** Cuts the connections whose header is still awaited. */
  close(): void;
}

/** Milliseconds for the header to be whole: proxies send it at once, and it may be lost on its way
 * twice. */
const headerTime = 5_000;

/** Connections at one door whose header is awaited. A proxy that is well has very few. */
const mostWaiting = 1_000;

export function createProxyDoor({ proxies, onClient, onRefused }: ProxyDoorOptions): ProxyDoor {
  const waiting = new Set<Socket>();
  let count = 0;

  function refuse(socket: Socket, peer: IpAddress, why: string): void {
    // A client that resets the connection has no more to learn.
    socket.on("error", () => {}).destroy();
    onRefused({ peer, why, count: ++count });
  }

  function open(socket: Socket, peer: IpAddress): void {
    if (!proxies.some((proxy) => prefixContains(proxy, peer))) {
      refuse(socket, peer, "it is none of the listener's proxies");
    } else if (waiting.size >= mostWaiting) {
      refuse(socket, peer, `${mostWaiting} connections are waiting for their headers`);
    } else {
      waiting.add(socket);
      readHeader(socket, (result) => {
        waiting.delete(socket);
        if ("source" in result) onClient(socket, result.source ?? peer);
        else if (result.why === undefined) socket.on("error", () => {}).destroy();
        else refuse(socket, peer, result.why);
      });
    }
  }

  return {
    open,
    close() {
      for (const socket of waiting) socket.destroy();
    },
  };
}

type HeaderResult =
  | { readonly source: IpAddress | undefined }
  /** Nothing is wrong with one that went without a word: many a health check does. */
  | { readonly why: string | undefined };

/** Calls back once. After a header the socket is as new: it has no listeners of ours, and what follows
 * the header is still to be read. */
function readHeader(socket: Socket, onResult: (result: HeaderResult) => void): void {
  let octets: Uint8Array = new Uint8Array(0);
  const timer = setTimeout(() => end({ why: "its header did not come in time" }), headerTime);
  timer.unref();

  function end(result: HeaderResult): void {
    clearTimeout(timer);
    socket.off("readable", take).off("end", onEnd).off("close", onEnd).off("error", onEnd);
    onResult(result);
  }

  function take(): void {
    const piece: Uint8Array | null = socket.read();
    if (piece === null) return;
    octets = concat(octets, piece);
    const header = parseProxyHeader(octets);
    if (header === undefined) return;
    if (!header.ok) return end({ why: header.problem });
    const rest = octets.subarray(header.value.length);
    if (rest.length > 0) socket.unshift(rest);
    end({ source: header.value.source });
  }

  function onEnd(): void {
    end({ why: octets.length === 0 ? undefined : "it ended before its header was whole" });
  }

  socket.on("readable", take).on("end", onEnd).on("close", onEnd).on("error", onEnd);
}
