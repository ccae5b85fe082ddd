// Outgoing TCP connections with a limit on time and a typed answer to what went wrong.

import { createConnection, type Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import type { Endpoint } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { bad, good, type Result } from "../../core/result.ts";

export interface ConnectOptions {
  /** IP address and port, or the path of a socket of this machine. */
  readonly endpoint: Endpoint | { readonly socket: string };
  /** Milliseconds until the connection must stand. */
  readonly timeout: number;
  /** Our own address to connect from; by default the system's choice. */
  readonly from?: string;
  /** Gives the attempt up, and cuts the connection that it made. */
  readonly signal?: AbortSignal;
}

export interface ConnectProblem {
  readonly kind:
    | "refused"
    | "timeout"
    /** No way to the host, or to its address family. */
    | "unreachable"
    /** We have no descriptor, port, source address or memory for it: not the far host's fault. */
    | "exhausted"
    | "aborted"
    | "other";
  /** `192.0.2.1:25 refused the connection`. */
  readonly said: string;
}

/** Connects. The socket has no listeners when it is handed over, for `error` neither: the caller
 * adds its own before anything else happens. */
export function connect(options: ConnectOptions): Promise<Result<Socket, ConnectProblem>> {
  const { endpoint, timeout, from, signal } = options;
  const where = "socket" in endpoint ? endpoint.socket : formatEndpoint(endpoint);
  const { promise, resolve } = Promise.withResolvers<Result<Socket, ConnectProblem>>();
  if (signal?.aborted === true) return Promise.resolve(bad(describe("aborted", where)));
  const socket = createConnection(
    "socket" in endpoint
      ? { path: endpoint.socket }
      : { ...endpoint, noDelay: true, ...(from !== undefined && { localAddress: from }) },
  );
  const timer = setTimeout(() => settle(bad(describe("timeout", where))), timeout);
  const abort = () => settle(bad(describe("aborted", where)));
  const fail = (error: NodeJS.ErrnoException) => settle(bad(readError(error, where, from)));
  const succeed = () => settle(good(socket));

  function settle(result: Result<Socket, ConnectProblem>): void {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    socket.off("connect", succeed);
    socket.off("error", fail);
    if (!result.ok) socket.on("error", () => {}).destroy();
    else if (signal !== undefined) addAbortSignal(signal, socket);
    resolve(result);
  }

  socket.once("connect", succeed);
  socket.once("error", fail);
  signal?.addEventListener("abort", abort);
  return promise;
}

function readError(
  { code, message }: NodeJS.ErrnoException,
  where: string,
  from: string | undefined,
): ConnectProblem {
  if (from !== undefined && code === "EADDRNOTAVAIL") {
    const said = `${where} was not tried: ${from} is no address of this machine, or no port is free on it`;
    return { kind: "exhausted", said };
  }
  const kind = kinds[code ?? ""];
  return kind === undefined
    ? { kind: "other", said: `${where}: ${message}` }
    : describe(kind, where);
}

type Kind = Exclude<ConnectProblem["kind"], "other">;

const kinds: Readonly<Record<string, Kind>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "refused",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOENT: "unreachable",
  EHOSTDOWN: "unreachable",
  EAFNOSUPPORT: "unreachable",
  EMFILE: "exhausted",
  ENFILE: "exhausted",
  ENOBUFS: "exhausted",
  ENOMEM: "exhausted",
  EADDRINUSE: "exhausted",
  EADDRNOTAVAIL: "exhausted",
};

const sentences: Readonly<Record<Kind, string>> = {
  refused: "refused the connection",
  timeout: "did not answer in time",
  unreachable: "cannot be reached from here",
  exhausted: "was not tried: no descriptor, port or source address is free on this machine",
  aborted: "was given up, because the server is stopping",
};

function describe(kind: Kind, where: string): ConnectProblem {
  return { kind, said: `${where} ${sentences[kind]}` };
}
