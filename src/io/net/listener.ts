// Listening sockets: bound all or none, with limits on the connections that come through them.

import { createServer, type Server, type Socket } from "node:net";
import type { Endpoint, ListenerSettings } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type IpAddress, parseIp } from "../../core/mail/ip.ts";
import type { ConnectionLimits, Refusal } from "./connection-limits.ts";
import { ListenError } from "./listen-error.ts";
import { createProxyDoor, type Unproxied } from "./proxy-door.ts";

/** What is done with connections. The callbacks run while the connection is being accepted, and may
 * not throw. */
export interface ListenerOptions {
  /** One set of limits for all listeners. */
  readonly limits: ConnectionLimits;
  /** Takes a connection over. The socket is half-open by permission: when the client ends its side,
   * what is still to be said can be said, and ending ours is the taker's duty. It must listen for
   * `error` before it returns. */
  readonly onConnection: (socket: Socket, client: IpAddress, listener: ListenerSettings) => void;
  /** Returns the last words to a client over a limit (`421 …` with its line end), perhaps none. */
  readonly onRefused: (refusal: Refusal, client: IpAddress, listener: ListenerSettings) => string;
  /** A connection to a listener behind proxies came from none of them, or did not say as it should
   * whose it is, and was closed. `count`: how many the listener has closed so. */
  readonly onUnproxied: (refused: Unproxied, listener: ListenerSettings) => void;
  /** Accepting failed; the listener goes on. */
  readonly onAcceptError: (error: Error, listener: ListenerSettings) => void;
}

/** A listening socket: an endpoint to bind, or one that was bound for us. */
export interface ListenPlan {
  readonly listener: ListenerSettings;
  readonly socket: { readonly endpoint: Endpoint } | { readonly descriptor: number };
}

export interface BoundListener {
  readonly listener: ListenerSettings;
  /** The real address: port 0 has become the one that was chosen. */
  readonly address: Endpoint;
  /** Stops accepting at once; resolves when the last connection has closed. */
  stop(): Promise<void>;
}

/** Connections that the system completes before we accept them; it caps this at `somaxconn`. */
const backlog = 1024;

/** Opens every socket of the plan. If one cannot be opened, those before it are closed again and the
 * error, a `ListenError`, says what to do. */
export async function openListeners(
  plan: readonly ListenPlan[],
  options: ListenerOptions,
): Promise<readonly BoundListener[]> {
  const bound: BoundListener[] = [];
  try {
    for (const part of plan) bound.push(await open(part, options));
  } catch (error) {
    await Promise.all(bound.map((listener) => listener.stop()));
    throw error;
  }
  return bound;
}

async function open(plan: ListenPlan, options: ListenerOptions): Promise<BoundListener> {
  const { listener } = plan;
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const enter = (socket: Socket, client: IpAddress) => admit(socket, client, listener, options);
  const door =
    listener.proxies &&
    createProxyDoor({
      proxies: listener.proxies,
      onClient: enter,
      onRefused: (refused) => options.onUnproxied(refused, listener),
    });
  server.on("connection", (socket) => accept(socket, door?.open ?? enter));
  await listen(server, plan);
  server.on("error", (error) => options.onAcceptError(error, listener));
  return {
    listener,
    address: addressOf(server, listener),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        door?.close();
      }),
  };
}

function listen(server: Server, { listener, socket }: ListenPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const where =
        "endpoint" in socket ? formatEndpoint(socket.endpoint) : `descriptor ${socket.descriptor}`;
      reject(new ListenError(listener.name, where, error));
    };
    server.once("error", fail);
    server.once("listening", () => {
      server.off("error", fail);
      resolve();
    });
    if ("descriptor" in socket) {
      server.listen({ fd: socket.descriptor, backlog });
    } else {
      const { host, port } = socket.endpoint;
      // Without ipv6Only, [::]:25 would also take 0.0.0.0:25, and the two could not stand together.
      server.listen({ host, port, backlog, ipv6Only: host.includes(":") });
    }
  });
}

function addressOf(server: Server, { name }: ListenerSettings): Endpoint {
  const address = server.address();
  if (address !== null && typeof address === "object") {
    return { host: address.address, port: address.port };
  }
  server.close();
  throw new Error(`listener ${name}: the inherited socket is not a TCP socket`);
}

function accept(socket: Socket, enter: (socket: Socket, peer: IpAddress) => void): void {
  const peer = peerOf(socket);
  // Without an address, it was gone before we came to it.
  if (peer === undefined) socket.destroy();
  else enter(socket, peer);
}

function admit(
  socket: Socket,
  client: IpAddress,
  listener: ListenerSettings,
  options: ListenerOptions,
): void {
  const { limits } = options;
  const refusal = limits.admit(client);
  if (refusal === undefined) {
    socket.on("close", () => limits.release(client));
    options.onConnection(socket, client, listener);
    return;
  }
  // A client that resets the connection instead of reading has no more to learn.
  socket.on("error", () => {});
  socket.write(options.onRefused(refusal, client, listener));
  socket.destroySoon();
}

/** The far side's address; a link-local one comes with its zone (`fe80::1%eth0`), which is ours. */
function peerOf(socket: Socket): IpAddress | undefined {
  const [address = ""] = socket.remoteAddress?.split("%") ?? [];
  return parseIp(address);
}
